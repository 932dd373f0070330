import { printable } from '../../src/printable.ts';
import { isModel, type ModelChange } from './model.ts';

/** What is shown in place of a secret. */
export const HIDDEN = '********';

/** Properties that OrderCloud takes and does not give back, and others that sound like it. */
const SECRET_NAME =
  /(secret|password|passphrase|token|apikey|accesskey|accountkey|sharedkey|connectionstring|headervalue|hashkey)$/i;

/** Whether the property at a path holds a secret: it is never shown, and cannot be compared. */
export function isSecretPath(path: string): boolean {
  return SECRET_NAME.test(path);
}

/** A value as it may be shown: every text and number of a secret hidden, and the parts of addresses that can hold keys. */
export function withoutSecrets(value: unknown, isSecret = false): unknown {
  if (Array.isArray(value)) return value.map((each) => withoutSecrets(each, isSecret));
  if (isModel(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [
        name,
        withoutSecrets(inner, isSecret || isSecretPath(name)),
      ]),
    );
  }
  if (typeof value === 'string') return isSecret ? HIDDEN : maskedAddress(value);
  return isSecret && typeof value === 'number' ? HIDDEN : value;
}

/** An address with something in front of its host or behind its path, which can hold a key. */
const ADDRESS = /^[a-z][a-z\d+.-]*:\/\/.*[?#@]/i;

/** An address, with a mark in place of each part that can hold a key; other texts as they are. */
function maskedAddress(text: string): string {
  if (!ADDRESS.test(text) || !URL.canParse(text)) return text;
  const { protocol, username, password, host, pathname, search, hash } = new URL(text);
  const userInfo = username === '' && password === '' ? '' : `${HIDDEN}@`;
  const query = search === '' ? '' : `?${HIDDEN}`;
  const fragment = hash === '' ? '' : `#${HIDDEN}`;
  if (userInfo + query + fragment === '') return text;
  return `${protocol}//${userInfo}${host}${pathname}${query}${fragment}`;
}

/** The path of a value that is hidden, wholly or in a part (`ConfigData.Feeds[0].Url`); null where none is. */
export function hiddenPath(value: unknown, path = ''): string | null {
  if (typeof value === 'string') return value.includes(HIDDEN) ? path : null;
  if (typeof value !== 'object' || value === null) return null;
  for (const [name, inner] of Object.entries(value)) {
    const at = Array.isArray(value) ? `${path}[${name}]` : `${path}${path === '' ? '' : '.'}${name}`;
    const found = hiddenPath(inner, at);
    if (found !== null) return found;
  }
  return null;
}

/** A value on one line. */
export function shownValue(path: string, value: unknown): string {
  const shown = withoutSecrets(value, isSecretPath(path));
  const isPlain = shown === HIDDEN || (typeof shown === 'string' && /^https?:\/\//i.test(shown));
  return printable(isPlain ? String(shown) : JSON.stringify(shown));
}

/** Changes as lines: what is new with +, what becomes something else with ~, what goes with -. */
export function changeLines(changes: readonly ModelChange[]): string[] {
  const width = Math.max(0, ...changes.map(({ path }) => path.length));
  return changes.map(({ path, from, to, origin }) => {
    const name = path.padEnd(width);
    const source = origin === undefined ? '' : ` (${origin})`;
    if (from === undefined) return `  + ${name}  ${shownValue(path, to)}${source}`;
    if (to === undefined) return `  - ${name}  ${shownValue(path, from)}`;
    return `  ~ ${name}  ${shownValue(path, from)} → ${shownValue(path, to)}${source}`;
  });
}

/** Changes for `--json`. */
export function shownChanges(changes: readonly ModelChange[]): ModelChange[] {
  return changes.map(({ path, from, to }) => {
    const isSecret = isSecretPath(path);
    return { path, from: withoutSecrets(from, isSecret), to: withoutSecrets(to, isSecret) };
  });
}

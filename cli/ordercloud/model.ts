import { isDeepStrictEqual } from 'node:util';
import { printable } from '../../src/printable.ts';

/** A model of OrderCloud's. It may hold more than this program knows. */
export type Model = Readonly<Record<string, unknown>>;

/** One value that differs, or is to be changed. `from` or `to` is undefined where there is none. */
export type ModelChange = {
  path: string;
  from: unknown;
  to: unknown;
  /** Where a new secret comes from: `from FUNCTIONS_KEY`. */
  origin?: string;
};

/** Every value by its path (`DeliveryTargets.Http.Endpoint`). A list is one value; null means absent. */
export function leavesOf(model: Model | null, prefix = ''): Map<string, unknown> {
  const leaves = new Map<string, unknown>();
  for (const [name, value] of Object.entries(model ?? {})) {
    if (value === null || value === undefined) continue;
    const path = `${prefix}${name}`;
    if (!isModel(value)) leaves.set(path, value);
    else for (const [inner, leaf] of leavesOf(value, `${path}.`)) leaves.set(inner, leaf);
  }
  return leaves;
}

/** What changed from one model to another, by path. */
export function changesBetween(former: Model | null, latter: Model | null): ModelChange[] {
  const [from, to] = [leavesOf(former), leavesOf(latter)];
  return [...new Set([...from.keys(), ...to.keys()])]
    .map((path) => ({ path, from: from.get(path), to: to.get(path) }))
    .filter((change) => !isDeepStrictEqual(change.from, change.to));
}

/** The model with just these values. One that is to go is null, which removes it in a PATCH. */
export function modelOf(changes: readonly ModelChange[]): Model {
  const model: Record<string, unknown> = {};
  for (const { path, to } of changes) {
    const names = path.split('.');
    const last = names.pop() ?? '';
    let at = model;
    for (const name of names) {
      const inner = (at[name] ?? {}) as Record<string, unknown>;
      at[name] = inner;
      at = inner;
    }
    at[last] = to ?? null;
  }
  return model;
}

export function isModel(value: unknown): value is Model {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A property's text; undefined where it has none. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Shown instead of a secret. */
export const HIDDEN = '********';

/** Properties that OrderCloud never returns, and others that sound like secrets. */
const SECRET_NAME =
  /(secret|password|passphrase|token|apikey|accesskey|accountkey|sharedkey|connectionstring|headervalue|hashkey)$/i;

/** Whether the property at a path holds a secret, which nobody may see or can compare. */
export function isSecretPath(path: string): boolean {
  return SECRET_NAME.test(path);
}

/** A value without secrets: texts and numbers in a secret are hidden, and the parts of addresses that can hold keys. */
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

/** An address with user info, a query or a fragment: each can hold a key. */
const ADDRESS = /^[a-z][a-z\d+.-]*:\/\/.*[?#@]/i;

/** Hides these parts of an address; other texts stay as they are. */
function maskedAddress(text: string): string {
  if (!ADDRESS.test(text) || !URL.canParse(text)) return text;
  const url = new URL(text);
  if (url.username + url.password !== '') [url.username, url.password] = [HIDDEN, ''];
  if (url.search !== '') url.search = HIDDEN;
  if (url.hash !== '') url.hash = HIDDEN;
  return url.href;
}

/** A value on one line, without secrets. */
export function shownValue(path: string, value: unknown): string {
  const shown = withoutSecrets(value, isSecretPath(path));
  const isPlain = shown === HIDDEN || (typeof shown === 'string' && /^https?:\/\//i.test(shown));
  return printable(isPlain ? String(shown) : JSON.stringify(shown));
}

/** Changes as lines: + for a new value, ~ for a changed one, - for one that goes. */
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

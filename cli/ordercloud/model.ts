import { isDeepStrictEqual } from 'node:util';
import { printable, printableJson, shortened } from '../../src/printable.ts';

/** A model of OrderCloud's, with whatever else it may hold: what is not known here is left as it is. */
export type Model = Readonly<Record<string, unknown>>;

/** One value that differs or shall differ. `from` or `to` is undefined where there is none. */
export type ModelChange = { path: string; from: unknown; to: unknown };

/** Every value by its path (`DeliveryTargets.Http.Endpoint`). A list is one value; null counts as absent. */
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

/** The model that holds just these values; null, which takes it away in a PATCH, for one that there shall not be. */
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

/** What is shown in place of a secret. */
export const HIDDEN = '********';

/** Properties that OrderCloud takes and does not give back, and others that sound like it. */
const SECRET_NAME =
  /(secret|password|passphrase|token|apikey|accesskey|accountkey|sharedkey|connectionstring|headervalue|hashkey)$/i;

/** Whether the property at a path holds a secret: it is never shown, and cannot be compared. */
export function isSecretPath(path: string): boolean {
  return SECRET_NAME.test(path);
}

/** An address with something in front of its host or behind its path, which can hold a key. */
const ADDRESS = /^[a-z][a-z\d+.-]*:\/\/.*[?#@]/i;

/** A value as it may be shown. The query and user info of an address can hold keys. */
export function shownValue(path: string, value: unknown): string {
  if (isSecretPath(path)) return HIDDEN;
  if (typeof value !== 'string') return printable(JSON.stringify(withoutSecrets(value)) ?? '');
  if (!/^https?:\/\//i.test(value) || !URL.canParse(value)) {
    return printableJson(shortened(maskedAddress(value)));
  }
  const url = new URL(value);
  return printable(`${url.origin}${url.pathname}${url.search === '' ? '' : '?…'}`);
}

/** A model as it may be printed as JSON. What is hidden of it is marked, so that nobody takes it for the value. */
export function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value === 'string') return maskedAddress(value);
  if (!isModel(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, maskedProperty(name, inner)]),
  );
}

function maskedProperty(name: string, value: unknown): unknown {
  return isSecretPath(name) ? masked(value) : withoutSecrets(value);
}

/** Every text and number in it hidden, whatever it is named. */
function masked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(masked);
  if (isModel(value)) {
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, masked(inner)]));
  }
  return typeof value === 'string' || typeof value === 'number' ? HIDDEN : value;
}

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

import { printable } from '../support/printable.ts';

import { isModel } from './model.ts';

/** What is shown in place of a secret. */
export const HIDDEN = '********';

/** Properties that OrderCloud takes and does not give back, and others that sound like it. */
const SECRET_NAME =
  /(secret|password|passphrase|token|apikey|accesskey|accountkey|sharedkey|connectionstring|headervalue|hashkey)$/i;

/** Whether the property at a path holds a secret: it is never shown, and cannot be compared. */
export function isSecretPath(path: string): boolean {
  return SECRET_NAME.test(path);
}

/** A value as it may be shown. The query and user info of an address can hold keys. */
export function shownValue(path: string, value: unknown): string {
  if (isSecretPath(path)) return HIDDEN;
  if (typeof value !== 'string') return printable(JSON.stringify(withoutSecrets(value)) ?? '');
  if (!/^https?:\/\//i.test(value) || !URL.canParse(value)) return JSON.stringify(printable(value));
  const url = new URL(value);
  return printable(`${url.origin}${url.pathname}${url.search === '' ? '' : '?…'}`);
}

/** A model as it may be printed as JSON. */
export function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (!isModel(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, maskedProperty(name, inner)]),
  );
}

function maskedProperty(name: string, value: unknown): unknown {
  if (isSecretPath(name) && typeof value === 'string') return HIDDEN;
  if (typeof value === 'string' && /^https?:\/\/.*[?@]/i.test(value)) return shownValue(name, value);
  return withoutSecrets(value);
}

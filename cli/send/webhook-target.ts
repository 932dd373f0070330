import { LOCAL_WEBHOOK_SECRET } from '../../local/local-webhook-secret.ts';
import { isLoopback } from '../../src/settings/loopback.ts';
import { usageError } from '../common/command-error.ts';
import { httpUrl, isSafeForKeys, printableUrl } from '../common/url.ts';

export const DEFAULT_URL = 'http://127.0.0.1:7071/api/webhooks/products';

type TargetOptions = { url?: string | undefined; secret?: string | undefined; header?: readonly string[] };

/** Where to send to, and with what keys. */
export type Target = { url: URL; secret: string; headers: Headers };

/** Puts a target together from flags and environment. No error quotes a value: it could be a key. */
export function targetFrom(options: TargetOptions, env: NodeJS.ProcessEnv): Target {
  const url = urlFrom(options.url ?? DEFAULT_URL);
  const secret = secretFor(url, options.secret, env.ORDERCLOUD_WEBHOOK_SECRET);
  const headers = headersFrom(options.header ?? [], env.FUNCTIONS_KEY);
  const hasKeys = [...headers].length > 0 || url.searchParams.has('code');
  if (hasKeys && !isSafeForKeys(url)) {
    throw usageError(
      'By http, anybody on the way can read the function key and --header: use https, or send without them.',
    );
  }
  return { url, secret, headers };
}

function urlFrom(text: string): URL {
  const url = httpUrl(text);
  if (url === null) throw usageError(`--url must be a whole address such as ${DEFAULT_URL}.`);
  if (url.username || url.password)
    throw usageError('--url must hold no user name and no password: use --header.');
  return url;
}

function secretFor(url: URL, flag: string | undefined, variable: string | undefined): string {
  if (flag === '') throw usageError('--secret is empty.');
  const secret = flag ?? (variable || undefined);
  if (secret !== undefined) return secret;
  if (isLoopback(url.hostname)) return LOCAL_WEBHOOK_SECRET;
  throw usageError(
    `${printableUrl(url)} is not on this machine, so the delivery configuration's secret is needed: ` +
      'set ORDERCLOUD_WEBHOOK_SECRET or pass --secret.',
  );
}

function headersFrom(flags: readonly string[], functionsKey: string | undefined): Headers {
  const headers = new Headers();
  if (functionsKey) setHeader(headers, 'FUNCTIONS_KEY', 'x-functions-key', functionsKey);
  for (const [index, flag] of flags.entries()) {
    const colon = flag.indexOf(':');
    const origin = `--header number ${index + 1}`;
    if (colon < 1) throw usageError(`${origin} must have the form name:value.`);
    setHeader(headers, origin, flag.slice(0, colon).trim(), flag.slice(colon + 1).trim());
  }
  return headers;
}

function setHeader(headers: Headers, origin: string, name: string, value: string): void {
  try {
    headers.set(name, value);
  } catch {
    // Without `cause`: its message quotes the value.
    throw usageError(`${origin} is not a valid HTTP header.`);
  }
}

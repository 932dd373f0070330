import { z } from 'zod';
import { LOCAL_WEBHOOK_SECRET } from '../../local/defaults.ts';
import { jsonFromText } from '../../src/message/json.ts';
import { isAlmostProductType } from '../../src/message/message-type.ts';
import { signatureOf } from '../../src/message/signature.ts';
import { isLoopback, isSafeUrl } from '../../src/settings/addresses.ts';
import { usageError } from '../common/command-error.ts';
import { httpUrl, printableUrl } from '../common/url.ts';
import { typeAndProductOf } from './envelope.ts';
import { Problem, type SendResult, Text, type Transport } from './transport.ts';

export const DEFAULT_URL = 'http://127.0.0.1:7071/api/webhooks/products';

export type WebhookFlags = { url?: string; secret?: string };

/** Sends messages as OrderCloud's webhooks do: a POST whose exact bytes are signed in `x-oc-hash`. */
export function webhookTransport(flags: WebhookFlags, env: NodeJS.ProcessEnv): Transport {
  const { url, secret, headers } = webhookTarget(flags, env);
  return {
    address: printableUrl(url),
    whenRefused: 'Start the local stack with: npm start',
    isBroker: false,
    timeoutMs: 30_000,
    async send(message, signal) {
      const { body } = message;
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'user-agent': 'ordercloud-product-sync-send',
          'x-oc-hash': signatureOf(body, secret),
          ...headers,
        },
        body,
        // Following one would turn the POST into a GET and carry the keys to another host.
        redirect: 'manual',
        signal,
      });
      const result = resultOf(response, await response.text());
      const isLost =
        result.outcome === 'ignored' && isAlmostProductType(typeAndProductOf(message, '').type ?? '');
      return isLost ? { ...result, outcome: 'ignored: its type is nearly a product type' } : result;
    },
  };
}

const Success = z.object({ outcome: Text });

/** Another kind of server may answer, such as a gateway: then only the status says something. */
function resultOf({ ok, status }: Response, body: string): Partial<SendResult> {
  const json = jsonFromText(body, 'The answer');
  const answer = json.ok ? json.value : null;
  if (ok) return { ok, status, ...Success.safeParse(answer).data };
  return { status, problem: Problem.safeParse(answer).data ?? null };
}

/** Where to send to, and with what keys. */
type Target = { url: URL; secret: string; headers: Record<string, string> };

/** Reads the target from flags and environment. No error quotes a value: it could be a key. */
export function webhookTarget(flags: WebhookFlags, env: NodeJS.ProcessEnv): Target {
  const url = urlFrom(flags.url ?? DEFAULT_URL);
  const secret = secretFor(url, flags.secret, env.ORDERCLOUD_WEBHOOK_SECRET);
  const headers = keyHeader(env.FUNCTIONS_KEY);
  if ((env.FUNCTIONS_KEY || url.searchParams.has('code')) && !isSafeUrl(url.href)) {
    throw usageError(
      'By http, anybody on the way can read the function key: use https, or send without FUNCTIONS_KEY.',
    );
  }
  return { url, secret, headers };
}

function urlFrom(given: string): URL {
  const url = httpUrl(given);
  if (url === null) throw usageError(`--url must be a whole address such as ${DEFAULT_URL}.`);
  if (url.username || url.password) throw usageError('--url must hold no user name and no password.');
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

function keyHeader(key: string | undefined): Record<string, string> {
  const headers = key ? { 'x-functions-key': key } : undefined;
  try {
    return Object.fromEntries(new Headers(headers));
  } catch {
    // Without `cause`: its message quotes the key.
    throw usageError('FUNCTIONS_KEY is not a valid HTTP header.');
  }
}

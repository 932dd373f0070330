import { z } from 'zod';
import { signatureOf } from '../../src/message/signature.ts';
import { type Sleep, sleep } from '../common/wait.ts';
import { createCalls, failureOf, type Problem, type Sender, type SendResult, unsent } from './sender.ts';

export type WebhookSenderOptions = {
  url: URL | string;
  /** The delivery configuration's secret. */
  secret: string;
  /** Sent besides, and instead of headers of the same name: a wrong `x-oc-hash`, for instance, tests the refusal. */
  headers?: Headers | Record<string, string>;
  timeoutMs?: number;
};

const TIMEOUT_MS = 30_000;

/** Sends messages as OrderCloud's webhooks do: a POST whose exact bytes are signed in `x-oc-hash`. */
export function createWebhookSender(options: WebhookSenderOptions): Sender {
  const { url, secret, timeoutMs = TIMEOUT_MS } = options;
  const extraHeaders = new Headers(options.headers);
  const calls = createCalls(timeoutMs);
  return {
    async send(message) {
      const { body } = message;
      const headers = headersFor(body, secret, extraHeaders);
      const answer = await calls.run(
        (signal) => post(url, { headers, body, signal }),
        (error) => failureOf(error, { timeoutMs, isLasting: false }),
      );
      return { ...unsent(message), ...answer };
    },
    async close() {
      calls.giveUp();
    },
  };
}

function headersFor(body: Uint8Array, secret: string, extra: Headers): Headers {
  const headers = new Headers({
    'content-type': 'application/json',
    'user-agent': 'ordercloud-product-sync-send',
    'x-oc-hash': signatureOf(body, secret),
  });
  for (const [name, value] of extra) headers.set(name, value);
  return headers;
}

async function post(
  url: URL | string,
  request: { headers: Headers; body: Uint8Array; signal: AbortSignal },
): Promise<Partial<SendResult>> {
  // A redirect is not followed: it would turn the POST into a GET and carry the keys to another host.
  const response = await fetch(url, { ...request, method: 'POST', redirect: 'manual' });
  const text = await response.text();
  const status = response.status;
  if (response.ok) return { ok: true, status, ...successFromBody(text) };
  return {
    status,
    problem: problemFromBody(text),
    retryAfterSeconds: secondsFromRetryAfter(response.headers.get('retry-after')),
  };
}

const text = z.string().nullish().catch(null);

const successSchema = z.object({ outcome: text, productId: text });

const problemSchema = z.object({
  title: text,
  detail: text,
  reason: text,
  issues: z.array(z.object({ path: z.string(), expected: z.string(), found: z.string() })).catch([]),
  deadLetterId: text,
});

/** What a 2xx answer tells; nulls when it comes from another kind of server. */
function successFromBody(body: string): { outcome: string | null; productId: string | null } {
  const { data } = successSchema.safeParse(jsonOrNull(body));
  return { outcome: data?.outcome ?? null, productId: data?.productId ?? null };
}

/** The problem that an error answer describes (RFC 9457); null when it is something else, such as a gateway's page. */
function problemFromBody(body: string): Problem | null {
  const { data } = problemSchema.safeParse(jsonOrNull(body));
  if (!data) return null;
  return {
    title: data.title ?? null,
    detail: data.detail ?? null,
    reason: data.reason ?? null,
    issues: data.issues,
    deadLetterId: data.deadLetterId ?? null,
  };
}

/** Seconds from now that a `Retry-After` header asks for; it holds seconds or a date (RFC 9110, section 10.2.3). */
function secondsFromRetryAfter(header: string | null, now: number = Date.now()): number | null {
  if (header === null) return null;
  if (/^\s*\d+\s*$/.test(header)) return Number(header);
  const time = Date.parse(header);
  return Number.isNaN(time) ? null : Math.max(0, (time - now) / 1000);
}

function jsonOrNull(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}

/** How often a message is sent in all. */
export const MAX_ATTEMPTS = 5;
/** The wait when a receiver names none, and the longest one that is obeyed. */
const DEFAULT_WAIT_SECONDS = 1;
const MAX_WAIT_SECONDS = 60;

/** Sends a message again when the receiver is too busy (503), after as long a wait as it asks for. */
export function createRetryingSender(sender: Sender, wait: Sleep = sleep): Sender {
  const closing = new AbortController();
  return {
    async send(message): Promise<SendResult> {
      let result = await sender.send(message);
      for (let attempt = 1; attempt < MAX_ATTEMPTS && result.status === 503; attempt += 1) {
        const seconds = Math.min(result.retryAfterSeconds ?? DEFAULT_WAIT_SECONDS, MAX_WAIT_SECONDS);
        await wait(seconds * 1000, closing.signal);
        if (closing.signal.aborted) break;
        result = await sender.send(message);
      }
      return result;
    },
    async close() {
      closing.abort();
      await sender.close();
    },
  };
}

import { signatureOf } from '../../src/message/signature.ts';
import { problemFromBody, secondsFromRetryAfter, successFromBody } from './answer.ts';
import { describeNoAnswer } from './no-answer.ts';
import type { ReplayMessage, Sender, SendResult } from './sender.ts';

export type WebhookSenderOptions = {
  url: URL | string;
  /** The delivery configuration's secret. */
  secret: string;
  /** Sent besides, and instead of headers of the same name: a wrong `x-oc-hash`, for instance, tests the refusal. */
  headers?: Headers | Record<string, string>;
  timeoutMs?: number;
};

type Answer = Pick<SendResult, 'ok' | 'status' | 'outcome' | 'productId' | 'problem' | 'retryAfterSeconds'>;

const TIMEOUT_MS = 30_000;

/** Sends messages as OrderCloud's webhooks do: a POST whose exact bytes are signed in `x-oc-hash`. */
export function createWebhookSender(options: WebhookSenderOptions): Sender {
  const { url, secret, timeoutMs = TIMEOUT_MS } = options;
  const extraHeaders = new Headers(options.headers);
  const underWay = new Set<AbortController>();

  return {
    async send({ source, body }: ReplayMessage): Promise<SendResult> {
      // Not AbortSignal.any: on Node 20 each one stays attached to a signal that lives as long as the sender.
      const abort = new AbortController();
      const timer = setTimeout(() => abort.abort(new DOMException('', 'TimeoutError')), timeoutMs);
      underWay.add(abort);
      const start = performance.now();
      try {
        const answer = await post(url, body, headersFor(body, secret, extraHeaders), abort.signal);
        return { source, ...answer, milliseconds: since(start), error: null, unreachable: false };
      } catch (error) {
        return { source, ...NO_ANSWER, milliseconds: since(start), ...describeNoAnswer(error, timeoutMs) };
      } finally {
        clearTimeout(timer);
        underWay.delete(abort);
      }
    },
    async close() {
      for (const abort of underWay) abort.abort();
    },
  };
}

const NO_ANSWER: Answer = {
  ok: false,
  status: null,
  outcome: null,
  productId: null,
  problem: null,
  retryAfterSeconds: null,
};

function headersFor(body: Uint8Array, secret: string, extra: Headers): Headers {
  const headers = new Headers({
    'content-type': 'application/json',
    'user-agent': 'ordercloud-product-sync-replay',
    'x-oc-hash': signatureOf(body, secret),
  });
  for (const [name, value] of extra) headers.set(name, value);
  return headers;
}

async function post(
  url: URL | string,
  body: Uint8Array,
  headers: Headers,
  signal: AbortSignal,
): Promise<Answer> {
  // A redirect is not followed: it would turn the POST into a GET and carry the keys to another host.
  const response = await fetch(url, { method: 'POST', headers, body, signal, redirect: 'manual' });
  const text = await response.text();
  const status = response.status;
  if (response.ok) return { ...NO_ANSWER, ok: true, status, ...successFromBody(text) };
  return {
    ...NO_ANSWER,
    status,
    problem: problemFromBody(text),
    retryAfterSeconds: secondsFromRetryAfter(response.headers.get('retry-after')),
  };
}

function since(start: number): number {
  return Math.round((performance.now() - start) * 100) / 100;
}

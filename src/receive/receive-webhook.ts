import type { ReadableStream } from 'node:stream/web';
import type { LogFields, LogLevel } from '../log.ts';
import type { Delivery } from '../message/delivery.ts';
import { lookOf } from '../message/encoding-hint.ts';
import { isSignedByOneOf } from '../message/signature.ts';
import { WEBHOOK_SECRETS } from '../settings/webhook-secrets.ts';
import type { RetryPolicy } from '../sync/retry.ts';
import { BatchIncompleteError, type SyncParts, syncBatch } from '../sync/sync-batch.ts';
import { record } from '../telemetry/metrics.ts';
import { tracedWebhook } from '../telemetry/spans.ts';
import { type Answer, answerToRefusal, answerToSettled, type RefusalReason } from './answer.ts';
import { readBodyOf, UNREAD_BODY_REASONS } from './read-body.ts';

/** What a webhook needs of an HTTP request; the standard `Request` has it. */
export type WebhookRequest = {
  headers: { get(name: string): string | null };
  body: ReadableStream<Uint8Array> | null;
};

export type WebhookSettings = {
  webhookSecrets: readonly string[];
  maxBodyBytes: number;
  maxBodySeconds: number;
  maxWebhooksInFlight: number;
};

/** Header that carries OrderCloud's signature. */
const SIGNATURE_HEADER = 'x-oc-hash';

/**
 * Makes the receiver of webhooks: one for the whole worker, because it counts those in flight. Checks come in the
 * order of contract section 5, and nothing is parsed before the signature has been found right.
 */
export function webhookReceiver(settings: WebhookSettings, policy: RetryPolicy) {
  let inFlight = 0;
  return async (request: WebhookRequest, parts: SyncParts): Promise<Answer> => {
    const receivedAt = new Date().toISOString();
    if (settings.webhookSecrets.length === 0)
      return refuse('not-configured', parts, { settings: [WEBHOOK_SECRETS] });
    if (inFlight >= settings.maxWebhooksInFlight) return refuse('too-many-in-flight', parts);
    inFlight += 1;
    try {
      return await tracedWebhook(parts.span, (span) =>
        receive(request, receivedAt, settings, policy, { ...parts, span }),
      );
    } finally {
      inFlight -= 1;
    }
  };
}

/** How loud the one line about a refused webhook is; a flood must not become a flood of warnings. */
const REFUSAL_LEVEL: Partial<Record<RefusalReason, LogLevel>> = {
  'too-many-in-flight': 'debug',
  'temporarily-unavailable': 'error',
};

type RefusalFields = LogFields & { settings?: readonly string[] };

function refuse(reason: RefusalReason, { log }: SyncParts, more: RefusalFields = {}): Answer {
  const answer = answerToRefusal(reason, more.settings);
  record('productsync.webhooks.refused', 1, { reason });
  log(REFUSAL_LEVEL[reason] ?? 'warn', 'a webhook was refused', {
    stream: 'http',
    reason,
    status: answer.status,
    ...more,
  });
  return answer;
}

async function receive(
  request: WebhookRequest,
  receivedAt: string,
  settings: WebhookSettings,
  policy: RetryPolicy,
  parts: SyncParts,
): Promise<Answer> {
  const read = await readBodyOf(request, settings);
  if (read.kind !== 'body') return refuse(UNREAD_BODY_REASONS[read.kind], parts);
  if (!isSignedByOneOf(settings.webhookSecrets, read.bytes, request.headers.get(SIGNATURE_HEADER))) {
    // To the log alone: an answer tells nothing about a body that is not signed.
    const look = lookOf(read.bytes);
    return refuse('bad-signature', parts, look === null ? {} : { problem: `the body looks like ${look}` });
  }
  return settle(toDelivery(read.bytes, receivedAt), policy, parts);
}

async function settle(delivery: Delivery, policy: RetryPolicy, parts: SyncParts): Promise<Answer> {
  try {
    const [settled] = await syncBatch(parts, [delivery], policy);
    if (settled === undefined) throw new Error('a batch of one came back empty');
    return answerToSettled(settled);
  } catch (error) {
    // Anything unforeseen counts as transient too: OrderCloud keeps the message and sends it again.
    const problem = error instanceof BatchIncompleteError ? error.message : 'an unforeseen error';
    return refuse('temporarily-unavailable', parts, { problem });
  }
}

function toDelivery(body: Uint8Array, receivedAt: string): Delivery {
  return {
    transport: 'http',
    stream: 'http',
    sequence: null,
    time: receivedAt,
    receivedAt,
    body,
    properties: {},
  };
}

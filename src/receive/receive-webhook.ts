import type { LogFields, LogLevel } from '../log.ts';
import type { Delivery } from '../message/delivery.ts';
import { lookOf } from '../message/json.ts';
import { isSignedByOneOf } from '../message/signature.ts';
import type { AppSettings } from '../settings/app-settings.ts';
import { WEBHOOK_SECRETS } from '../settings/webhook-secrets.ts';
import { type SyncParts, syncBatch } from '../sync/sync-batch.ts';
import { record } from '../telemetry/metrics.ts';
import { answerToRefusal, answerToSettled, type RefusalReason } from './answer.ts';
import { limitInFlight } from './limit-in-flight.ts';
import type { Answer } from './problem.ts';
import { type IncomingRequest, readBody } from './read-body.ts';

export type WebhookSettings = { webhookSecrets: readonly string[] } & Pick<
  AppSettings,
  'maxBodyBytes' | 'maxBodySeconds' | 'maxWebhooksInFlight'
>;

/** Header that carries OrderCloud's signature. */
const SIGNATURE_HEADER = 'x-oc-hash';

/**
 * Makes the receiver of webhooks: one for the whole worker, because it counts those in flight. Checks come in the
 * order of contract section 5, and nothing is parsed before the signature has been found right.
 */
export function webhookReceiver(settings: WebhookSettings) {
  const answerOne = limitInFlight('process webhook', settings.maxWebhooksInFlight);
  return async (request: IncomingRequest, parts: SyncParts): Promise<Answer> => {
    if (settings.webhookSecrets.length === 0)
      return refuse('not-configured', parts, { settings: [WEBHOOK_SECRETS] });
    const answer = await answerOne(parts.span, (span) => receive(request, settings, { ...parts, span }));
    return answer ?? refuse('too-many-in-flight', parts);
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
  request: IncomingRequest,
  settings: WebhookSettings,
  parts: SyncParts,
): Promise<Answer> {
  const receivedAt = new Date().toISOString();
  const body = await readBody(request, settings);
  if (typeof body === 'string') return refuse(body, parts);
  if (!isSignedByOneOf(settings.webhookSecrets, body, request.headers.get(SIGNATURE_HEADER))) {
    // To the log alone: an answer tells nothing about a body that is not signed.
    const look = lookOf(body);
    return refuse('bad-signature', parts, look === null ? {} : { problem: `the body looks like ${look}` });
  }
  const { settled, problem } = await syncBatch(parts, [webhookDelivery(body, receivedAt)]);
  if (settled[0] === undefined) return refuse('temporarily-unavailable', parts, { problem });
  return answerToSettled(settled[0]);
}

/** The delivery of a webhook, which has no position of its own. */
export function webhookDelivery(body: Uint8Array, receivedAt: string): Delivery {
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

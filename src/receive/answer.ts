import { printable } from '../printable.ts';
import type { DeadLetterReason, Rejection } from '../store/dead-letter.ts';
import type { Settled } from '../sync/settled.ts';
import { type Answer, problem, type Refusal, UNREAD_BODY } from './problem.ts';

const REFUSALS = {
  ...UNREAD_BODY,
  'not-configured': {
    status: 503,
    detail: 'The receiver is not set up yet.',
    retryAfterSeconds: 60,
  },
  'too-many-in-flight': {
    status: 503,
    detail: 'Too many webhooks are being processed.',
    retryAfterSeconds: 1,
  },
  'bad-signature': {
    status: 401,
    detail:
      'x-oc-hash is missing or wrong. It must be base64 of HMAC-SHA256 over the exact body, made with the Secret of the delivery configuration.',
  },
  'internal-error': {
    status: 500,
    detail: 'The request could not be answered, for a reason that its operator finds in the log.',
  },
  'temporarily-unavailable': {
    status: 503,
    detail: 'The message could not be stored right now and was not acknowledged: send it again.',
    retryAfterSeconds: 5,
  },
} satisfies Record<string, Refusal>;

/** Why a request was refused before its message was looked at, or could not be settled. */
export type RefusalReason = keyof typeof REFUSALS;

/** Whose fault each permanent failure is: the message itself (400), or that it cannot be kept here (422). */
const REJECTION_STATUS: Record<DeadLetterReason, number> = {
  'invalid-json': 400,
  'missing-type': 400,
  'invalid-message': 400,
  unprocessable: 400,
  'invalid-time': 422,
  'wrong-marketplace': 422,
  'document-too-large': 422,
  'store-refused': 422,
};

/** The answer to a message with an outcome. */
export function answerToSettled(settled: Settled): Answer {
  if (settled.outcome === 'dead-lettered') return answerToRejection(settled.rejection, settled.deadLetterId);
  const { outcome, productId } = settled;
  const messageType = settled.outcome === 'ignored' && (printable(settled.messageType ?? '', 100) || null);
  const body = { outcome, productId, ...(messageType !== false && { messageType }) };
  return { status: 200, headers: { 'content-type': 'application/json' }, body };
}

/** The answer to a request that never became a message, or whose message is not durable yet; `settings` are to blame. */
export function answerToRefusal(reason: RefusalReason, settings: readonly string[] = []): Answer {
  const refusal = REFUSALS[reason];
  const toFix = settings.length === 0 ? '' : ` Settings to fix: ${settings.join(', ')}.`;
  return problem({ ...refusal, detail: refusal.detail + toFix }, { reason });
}

function answerToRejection({ reason, detail, issues, productId }: Rejection, deadLetterId: string): Answer {
  return problem({ status: REJECTION_STATUS[reason], detail }, { reason, productId, issues, deadLetterId });
}

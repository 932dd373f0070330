import type { Log } from '../log.ts';
import type { Delivery } from '../message/delivery.ts';
import { shortened } from '../printable.ts';
import type { Rejection } from '../store/dead-letter.ts';
import { ignoredTypes } from '../telemetry/ignored-types.ts';
import { record } from '../telemetry/metrics.ts';
import type { WriteOutcome } from './decide.ts';

/** What became of one delivery, once that is durable. */
export type Settled =
  | { outcome: WriteOutcome | 'superseded'; productId: string }
  | { outcome: 'ignored'; productId: null; messageType: string | null }
  | { outcome: 'dead-lettered'; productId: string | null; deadLetterId: string; rejection: Rejection };

const MAX_SHOWN_TYPE = 100;
const MISTYPED = 'nearly a product type: its sender has to send it exactly';

/** Logs and counts what became of one delivery. */
export function noteSettled(log: Log, { transport, stream, sequence }: Delivery, settled: Settled): void {
  const { outcome, productId } = settled;
  const fields = { productId, stream, sequence, outcome };
  if (outcome === 'dead-lettered') {
    const { deadLetterId, rejection } = settled;
    const { reason } = rejection;
    log('warn', 'message', { ...fields, reason, deadLetterId });
    record('productsync.messages', 1, { transport, outcome, reason });
    record('productsync.dead_letters', 1, { transport, reason });
    return;
  }
  record('productsync.messages', 1, { transport, outcome });
  if (outcome !== 'ignored') {
    log('debug', 'message', fields);
    return;
  }
  const isMistyped = ignoredTypes.count(settled.messageType);
  const messageType = settled.messageType && shortened(settled.messageType, MAX_SHOWN_TYPE);
  if (isMistyped) log('warn', 'message', { ...fields, messageType, problem: MISTYPED });
  else log('debug', 'message', { ...fields, messageType });
}

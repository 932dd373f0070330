import { metrics } from '@opentelemetry/api';
import type { Transport } from './message/delivery.ts';

// OpenTelemetry's API alone: it does nothing, and costs next to nothing, until somebody attaches an exporter. The
// meter is asked for at each use, because one asked for before that would do nothing for ever.
const meter = () => metrics.getMeter('ordercloud-product-sync');

/** Counts a message with its outcome: `productsync.messages`. */
export function countMessage(transport: Transport, outcome: string, reason?: string): void {
  const attributes = { transport, outcome, ...(reason !== undefined && { reason }) };
  meter().createCounter('productsync.messages', { unit: '{message}' }).add(1, attributes);
}

/** Records one batch: how many messages, how far behind the broker, and how long it took. */
export function recordBatch(batch: {
  stream: string;
  messages: number;
  lagMs: number;
  durationMs: number;
}): void {
  const attributes = { stream: batch.stream };
  meter().createHistogram('productsync.batch.size', { unit: '{message}' }).record(batch.messages, attributes);
  meter().createHistogram('productsync.lag', { unit: 'ms' }).record(batch.lagMs, attributes);
  meter().createHistogram('productsync.batch.duration', { unit: 'ms' }).record(batch.durationMs, attributes);
}

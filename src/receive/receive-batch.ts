import type { LogFields, LogLevel } from '../log.ts';
import { type Delivery, hasUsableTime } from '../message/delivery.ts';
import { shortened } from '../printable.ts';
import type { RetryPolicy } from '../sync/retry.ts';
import { BatchIncompleteError, type Settled, type SyncParts, syncBatch } from '../sync/sync-batch.ts';
import { recordBatch } from '../telemetry/metrics.ts';
import { tracedBatch } from '../telemetry/spans.ts';

/**
 * Takes one batch of a broker to outcomes, and sums it up in one line: how many of each outcome, how far behind the
 * broker this is, and how long it took.
 * @throws BatchIncompleteError when something transient is left over
 */
export async function receiveBatch(
  parts: SyncParts,
  deliveries: readonly Delivery[],
  policy: RetryPolicy,
): Promise<void> {
  await tracedBatch(deliveries, parts.span, (span) => receive({ ...parts, span }, deliveries, policy));
}

async function receive(
  parts: SyncParts,
  deliveries: readonly Delivery[],
  policy: RetryPolicy,
): Promise<void> {
  const start = performance.now();
  const report = (
    level: LogLevel,
    event: string,
    settled: readonly (Settled | undefined)[],
    more: LogFields = {},
  ) => {
    const messages = deliveries.length;
    const lagMs = lagOf(deliveries);
    const durationMs = Math.round(performance.now() - start);
    const first = deliveries[0];
    if (first !== undefined) {
      const { transport } = first;
      const isComplete = !settled.includes(undefined);
      recordBatch({ transport, stream: streamOf(deliveries), messages, lagMs, durationMs, isComplete });
    }
    const counts = countsOf(settled);
    parts.log(level, event, {
      ...positionOf(deliveries),
      ...{ messages, ...counts, ...ignoredTypesIn(settled), lagMs, durationMs, ...more },
    });
  };
  try {
    report('info', 'batch', await syncBatch(parts, deliveries, policy));
  } catch (error) {
    if (error instanceof BatchIncompleteError) {
      report('error', 'batch incomplete: it will come again', error.settled, { problem: error.message });
    }
    throw error;
  }
}

/** The stream that all are of; a batch of Kafka can be of several partitions: `kafka/<topic>/*`. */
function streamOf(deliveries: readonly Delivery[]): string {
  const [first, ...rest] = new Set(deliveries.map(({ stream }) => stream));
  if (first === undefined) return 'none';
  return rest.length === 0 ? first : first.replace(/[^/]*$/, '*');
}

function positionOf(deliveries: readonly Delivery[]): LogFields {
  const [first, last] = [deliveries[0], deliveries.at(-1)];
  if (first === undefined || last === undefined) return {};
  const stream = streamOf(deliveries);
  return stream === first.stream
    ? { stream, firstSequence: first.sequence, lastSequence: last.sequence }
    : { stream, positions: positionsByStream(deliveries) };
}

/** For each stream its first and last sequence: `kafka/products/0 12-15`. */
function positionsByStream(deliveries: readonly Delivery[]): string[] {
  const byStream = new Map<string, Delivery[]>();
  for (const delivery of deliveries) {
    const others = byStream.get(delivery.stream);
    if (others === undefined) byStream.set(delivery.stream, [delivery]);
    else others.push(delivery);
  }
  return [...byStream].map(([stream, of]) => `${stream} ${of[0]?.sequence}-${of.at(-1)?.sequence}`);
}

function countsOf(settled: readonly (Settled | undefined)[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const item of settled) {
    const outcome = item?.outcome ?? 'unsettled';
    counts[outcome] = (counts[outcome] ?? 0) + 1;
  }
  return counts;
}

const MAX_IGNORED_TYPES = 10;

/** The types of ignored messages: whether these should be ignored, only a person can tell. */
function ignoredTypesIn(settled: readonly (Settled | undefined)[]): LogFields {
  const types = settled.flatMap((item) => (item?.outcome === 'ignored' ? (item.messageType ?? 'none') : []));
  if (types.length === 0) return {};
  const distinct = [...new Set(types)].slice(0, MAX_IGNORED_TYPES);
  return { ignoredTypes: distinct.map((type) => shortened(type, 100)) };
}

/** How long the oldest message of the batch has been waiting since the broker took it, in milliseconds. */
function lagOf(deliveries: readonly Delivery[]): number {
  const times = deliveries.filter(hasUsableTime).map(({ time }) => Date.parse(time));
  return times.length === 0 ? 0 : Math.max(0, Date.now() - Math.min(...times));
}

import { groupBy } from '../group-by.ts';
import type { LogFields } from '../log.ts';
import { type Delivery, hasUsableTime } from '../message/delivery.ts';
import { shortened } from '../printable.ts';
import type { Settled } from '../sync/settled.ts';
import { type SyncParts, syncBatch } from '../sync/sync-batch.ts';
import { record } from '../telemetry/metrics.ts';
import { tracedBatch } from '../telemetry/spans.ts';

/**
 * Takes one batch of a broker to outcomes, and sums it up in one line: how many of each outcome, how far behind the
 * broker this is, and how long it took.
 * @throws when something transient is left over
 */
export function receiveBatch(parts: SyncParts, deliveries: readonly Delivery[]): Promise<void> {
  return tracedBatch(deliveries, parts.span, async (span) => {
    const start = performance.now();
    const { settled, problem } = await syncBatch({ ...parts, span }, deliveries);
    const durationMs = Math.round(performance.now() - start);
    const [messages, lagMs] = [deliveries.length, lagOf(deliveries)];
    const position = positionOf(deliveries);
    const transport = deliveries[0]?.transport;
    if (transport !== undefined) {
      record('productsync.batch.size', messages, { transport });
      record('productsync.lag', lagMs, { transport, stream: position.stream });
      record('productsync.batch.duration', durationMs, { transport });
      if (problem !== null) record('productsync.batches.incomplete', 1, { transport });
    }
    const counts = { ...countsOf(settled), ...ignoredTypesIn(settled) };
    const summary = { ...position, messages, ...counts, lagMs, durationMs };
    if (problem === null) return parts.log('info', 'batch', summary);
    parts.log('error', 'batch incomplete: it will come again', { ...summary, problem });
    throw new Error(problem);
  });
}

/** Where a batch is from. A batch of Kafka can be of several partitions: `kafka/<topic>/*`. */
function positionOf(deliveries: readonly Delivery[]): { stream: string } & LogFields {
  const [[stream, all] = ['none', []], ...others] = groupBy(deliveries, (delivery) => delivery.stream);
  if (others.length === 0) {
    return { stream, firstSequence: all[0]?.sequence ?? null, lastSequence: all.at(-1)?.sequence ?? null };
  }
  const positions = [[stream, all] as const, ...others].map(
    ([name, ofStream]) => `${name} ${ofStream[0]?.sequence}-${ofStream.at(-1)?.sequence}`,
  );
  return { stream: stream.replace(/[^/]*$/, '*'), positions };
}

function countsOf(settled: readonly (Settled | undefined)[]): Record<string, number> {
  const outcomes = groupBy(settled, (item) => item?.outcome ?? 'unsettled');
  return Object.fromEntries([...outcomes].map(([outcome, { length }]) => [outcome, length]));
}

const MAX_IGNORED_TYPES = 10;

/** The types of ignored messages: only a person can tell whether they should be ignored. */
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

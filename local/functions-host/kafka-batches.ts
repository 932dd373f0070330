import type { KafkaRecord } from './kafka-request.ts';

/** Collects records from a consumer into batches, which may mix partitions. */
export type KafkaBatches = {
  /** Takes records in, in the order of their partition. */
  add(records: readonly KafkaRecord[]): void;
  /** Whether there is enough for the next batch, so that the consumer should not fetch more now. */
  isFull(): boolean;
  /** Drops what is waiting: the consumer will fetch it again. */
  clear(): void;
  /** The next batch, once it is full or its first record has waited long enough. One call at a time. */
  next(): Promise<KafkaRecord[]>;
};

/** Collects records as the extension does: up to a maximum, and no longer than the interval. */
export function gatherBatches(options: {
  maxBatchSize: number;
  intervalMs: number;
  /** Makes `next` reject. */
  closing: AbortSignal;
}): KafkaBatches {
  const { maxBatchSize, intervalMs, closing } = options;
  let waiting: KafkaRecord[] = [];
  let look = () => {};
  closing.addEventListener('abort', () => look(), { once: true });

  const until = async (condition: () => boolean, milliseconds?: number): Promise<void> => {
    await new Promise<void>((resolve) => {
      const timer = milliseconds === undefined ? undefined : setTimeout(resolve, milliseconds);
      look = () => {
        if (!condition() && !closing.aborted) return;
        clearTimeout(timer);
        resolve();
      };
      look();
    });
    closing.throwIfAborted();
  };
  const isFull = () => waiting.length >= maxBatchSize;

  return {
    isFull,
    add(records) {
      // Not spread into `push`: a fetch may bring more than an argument list can take.
      waiting = waiting.concat(records);
      look();
    },
    clear() {
      waiting = [];
    },
    async next() {
      for (;;) {
        await until(() => waiting.length > 0);
        await until(isFull, intervalMs);
        const batch = waiting.slice(0, maxBatchSize);
        waiting = waiting.slice(maxBatchSize);
        if (batch.length > 0) return batch;
      }
    },
  };
}

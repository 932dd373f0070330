import type { EventHubProducerClient } from '@azure/event-hubs';
import { describeSendFailure } from './event-hub-failure.ts';
import type { ReplayMessage, Sender, SendResult } from './sender.ts';
import { NOTHING_TOLD } from './sent.ts';
import { toEvent } from './to-event.ts';

export type EventHubSenderOptions = {
  connectionString: string;
  hub: string;
  /** The type of payloads that come without an envelope. */
  messageType: string;
  /** False spreads the events over all partitions, instead of keeping those of one product in one. */
  keyed?: boolean;
  timeoutMs?: number;
};

/** For the whole of an event; the SDK alone would wait a minute for a connection. */
const TIMEOUT_MS = 15_000;

/** A lost connection is tried again at once; a wrong address is soon told. */
const RETRY_OPTIONS = { maxRetries: 1, retryDelayInMs: 200, timeoutInMs: 5_000 };

/** Event Hubs takes no longer partition keys. */
const MAX_KEY_LENGTH = 128;

/** Sends messages as OrderCloud's Event Hubs delivery does: one event each. What becomes of them it cannot know. */
export function createEventHubSender(options: EventHubSenderOptions): Sender {
  const { messageType, keyed = true, timeoutMs = TIMEOUT_MS } = options;
  const underWay = new Set<AbortController>();
  let producer: Promise<EventHubProducerClient> | undefined;
  let isFirst = true;
  let isClosed = false;

  return {
    async send({ source, body }: ReplayMessage): Promise<SendResult> {
      const { event, productId } = toEvent(body, messageType);
      const result = { ...NOTHING_TOLD, source, productId };
      const abort = new AbortController();
      const timer = setTimeout(() => abort.abort(), timeoutMs);
      underWay.add(abort);
      const start = performance.now();
      try {
        producer ??= createProducer(options);
        const partitionKey = keyed && productId !== null ? keyOf(productId) : undefined;
        await (await producer).sendBatch([event], {
          ...(partitionKey !== undefined && { partitionKey }),
          abortSignal: abort.signal,
        });
        isFirst = false;
        return { ...result, ok: true, outcome: 'sent', milliseconds: since(start) };
      } catch (error) {
        const cause = abort.signal.aborted && !isClosed ? TIMED_OUT : error;
        const failure = describeSendFailure(cause, { isFirst, timeoutMs });
        return { ...result, ...failure, milliseconds: since(start) };
      } finally {
        clearTimeout(timer);
        underWay.delete(abort);
      }
    },
    async close() {
      isClosed = true;
      for (const abort of underWay) abort.abort();
      await (await producer)?.close();
    },
  };
}

const TIMED_OUT = new DOMException('', 'TimeoutError');

/** The SDK is loaded only where it is used: that takes longer than sending a file. */
async function createProducer({
  connectionString,
  hub,
}: EventHubSenderOptions): Promise<EventHubProducerClient> {
  const { EventHubProducerClient } = await import('@azure/event-hubs');
  return new EventHubProducerClient(connectionString, hub, { retryOptions: RETRY_OPTIONS });
}

/** What is cut off only lets two products share a partition. */
function keyOf(productId: string): string {
  return productId.slice(0, MAX_KEY_LENGTH).toWellFormed();
}

function since(start: number): number {
  return Math.round((performance.now() - start) * 100) / 100;
}

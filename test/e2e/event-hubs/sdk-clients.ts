import {
  type CheckpointStore,
  EventHubConsumerClient,
  EventHubProducerClient,
  earliestEventPosition,
  type ReceivedEventData,
  type RetryOptions,
  type SubscribeOptions,
  type SubscriptionEventHandlers,
} from '@azure/event-hubs';
import { expect, onTestFinished, vi } from 'vitest';
import {
  type EventHubsBroker,
  type EventHubsBrokerOptions,
  startEventHubsBroker,
} from '../../../local/event-hubs/broker.ts';
import { checkTold } from '../../support/leaks/check.ts';

/** The hub that tests use. */
export const HUB = 'products';
/** Its partitions. */
export const PARTITIONS = ['0', '1', '2', '3'];
/** Retries that suit a test. */
export const RETRY = { maxRetries: 3, retryDelayInMs: 100, maxRetryDelayInMs: 300 };

/** What is on its way when a connection breaks is given up by the SDK only after this time, a minute by default. */
export const IMPATIENT = { ...RETRY, timeoutInMs: 2_000 };

/** Starts a broker for the running test. */
export async function startBroker(options: Partial<EventHubsBrokerOptions> = {}): Promise<EventHubsBroker> {
  const hub = { name: HUB, partitionCount: 4, consumerGroups: ['search'] };
  const broker = await startEventHubsBroker({ hub, log: (line) => checkTold('log', line), ...options });
  onTestFinished(() => broker.close());
  return broker;
}

/** A producer for the running test. */
export function producerOf(
  { connectionString }: { connectionString: string },
  hub = HUB,
  retryOptions: RetryOptions = RETRY,
): EventHubProducerClient {
  const producer = new EventHubProducerClient(connectionString, hub, { retryOptions });
  onTestFinished(() => producer.close());
  return producer;
}

/** What a subscription has brought so far. */
export interface Consumer {
  events: { partitionId: string; event: ReceivedEventData }[];
  errors: { code: string | undefined; message: string }[];
  closed: { partitionId: string; reason: string }[];
  initialized: string[];
  /** The parsed bodies of what came so far. */
  bodies(): unknown[];
  close(): Promise<void>;
}

interface ConsumerOptions extends SubscribeOptions {
  group?: string;
  hub?: string;
  partitionId?: string;
  store?: CheckpointStore;
}

/** Subscribes to all partitions, or to one, and gathers what comes. */
export function consume(broker: { connectionString: string }, options: ConsumerOptions = {}): Consumer {
  const { partitionId, group, hub, store, ...rest } = options;
  const client = consumerClient(broker.connectionString, options);
  onTestFinished(() => client.close());
  const events: Consumer['events'] = [];
  const consumer: Consumer = {
    events,
    errors: [],
    closed: [],
    initialized: [],
    bodies: () => events.map(({ event }) => event.body),
    close: () => client.close(),
  };
  const handlers = gatherInto(consumer, store !== undefined);
  const common = { maxWaitTimeInSeconds: 1, maxBatchSize: 100, startPosition: earliestEventPosition };
  if (partitionId === undefined) client.subscribe(handlers, { ...common, ...rest });
  else client.subscribe(partitionId, handlers, { ...common, ...rest });
  return consumer;
}

function consumerClient(connectionString: string, options: ConsumerOptions): EventHubConsumerClient {
  const { group = '$Default', hub = HUB, store } = options;
  const clientOptions = {
    retryOptions: RETRY,
    loadBalancingOptions: { strategy: 'greedy' as const, updateIntervalInMs: 200 },
  };
  return store
    ? new EventHubConsumerClient(group, connectionString, hub, store, clientOptions)
    : new EventHubConsumerClient(group, connectionString, hub, clientOptions);
}

function gatherInto(consumer: Consumer, updatesCheckpoints: boolean): SubscriptionEventHandlers {
  return {
    processInitialize: async ({ partitionId }) => {
      consumer.initialized.push(partitionId);
    },
    processEvents: async (batch, context) => {
      for (const event of batch) consumer.events.push({ partitionId: context.partitionId, event });
      const last = batch.at(-1);
      if (!last) return;
      if (updatesCheckpoints) await context.updateCheckpoint(last);
    },
    processError: async (error: Error & { code?: string }) => {
      consumer.errors.push({ code: error.code, message: error.message });
    },
    processClose: async (reason, { partitionId }) => {
      consumer.closed.push({ partitionId, reason });
    },
  };
}

/** Waits until a condition holds; fails with what `state` shows. */
export async function until(condition: () => boolean, state: () => unknown = () => ''): Promise<void> {
  await vi.waitFor(() => expect(condition(), JSON.stringify(state())).toBe(true), {
    timeout: 15_000,
    interval: 10,
  });
}

/** Waits for so many events and fails on any error or surplus. */
export async function receive(consumer: Consumer, count: number): Promise<Consumer['events']> {
  await until(
    () => consumer.events.length >= count || consumer.errors.length > 0,
    () => [consumer.events.length, consumer.errors],
  );
  expect(consumer.errors).toEqual([]);
  expect(consumer.events).toHaveLength(count);
  return consumer.events;
}

/** The error of a promise; what it brought, if it was none. */
export async function failureOf(promise: Promise<unknown>): Promise<{ code?: string; message: string }> {
  return promise.then(
    (value) => ({ message: `succeeded: ${JSON.stringify(value)}` }),
    (error: Error & { code?: string }) => error,
  );
}

/** Events whose bodies count from 0. */
export function numbers(count: number): { body: number }[] {
  return Array.from({ length: count }, (_, body) => ({ body }));
}

/** Checks that every partition's events came in order and without a gap, and returns all bodies. */
export function requireUnbroken(events: Consumer['events']): number[] {
  for (const id of PARTITIONS) {
    const found = events
      .filter(({ partitionId }) => partitionId === id)
      .map(({ event }) => event.sequenceNumber);
    expect(found).toEqual(found.map((_, index) => index));
  }
  return events.map(({ event }) => event.body);
}

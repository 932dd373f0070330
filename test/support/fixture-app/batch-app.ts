import { EventEmitter, once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  app,
  type EventHubFunctionOptions,
  type InvocationContext,
  type RetryContext,
  type RetryOptions,
  type TriggerMetadata,
} from '@azure/functions';

// An app with one function, triggered by Event Hubs or by Kafka, that says what it gets and does what the events or
// records ask for. A test bundles it with a line of code that registers the one or the other.

/** One run of the function, as it begins (`begin`) or when it has succeeded (`end`). */
export type BatchCall = {
  when: 'begin' | 'end';
  /** Of Kafka, all that the records are of. */
  partitionId: string;
  /** In base64. */
  bodies: string[];
  /** Or offsets. */
  sequenceNumbers: number[];
  metadata: TriggerMetadata;
  retry: RetryContext | null;
};

/** Before each call in the log. */
export const CALL_PREFIX = 'call ';

export type BatchAppOptions = {
  retry?: RetryOptions;
  /** In place of those of the binding. */
  binding?: Record<string, unknown>;
  includesEmptyEntries?: boolean;
};

/** @public called by the code that a test bundles */
export function registerEventHubApp({ retry, binding, includesEmptyEntries = true }: BatchAppOptions): void {
  app.setup({
    enableHttpStream: true,
    capabilities: includesEmptyEntries ? { IncludeEmptyEntriesInMessagePayload: true } : {},
  });
  registerGates();
  const options: EventHubFunctionOptions & { dataType: 'binary' } = {
    connection: 'EventHubConnection',
    eventHubName: 'products',
    cardinality: 'many',
    dataType: 'binary',
    ...(retry && { retry }),
    handler: (events, context) => {
      const metadata = context.triggerMetadata ?? {};
      const batch = {
        partitionId: (metadata.partitionContext as { partitionId: string }).partitionId,
        bodies: (events as Buffer[]).map((body) => body.toString('base64')),
        sequenceNumbers: (metadata.sequenceNumberArray as { low: number }[]).map(({ low }) => low),
        metadata,
      };
      return receive(batch, metadata.propertiesArray as Wishes[], context);
    },
    ...binding,
  };
  app.eventHub('receive', options);
}

/** What the app makes of a record: as much as it needs. */
type Received = { Partition: number; Offset: number; Value: string | null };

/**
 * Wishes are the values of records that are JSON.
 * @public called by the code that a test bundles
 */
export function registerKafkaApp({ retry, binding }: BatchAppOptions): void {
  app.setup({ enableHttpStream: true });
  registerGates();
  app.generic('receive', {
    trigger: {
      name: 'records',
      type: 'kafkaTrigger',
      brokerList: '%KAFKA_BROKERS%',
      topic: 'products',
      consumerGroup: 'test',
      cardinality: 'MANY',
      dataType: 'string',
      ...binding,
    },
    ...(retry && { retry }),
    handler: (received, context) => {
      const records = received as Received[];
      const batch = {
        partitionId: [...new Set(records.map(({ Partition }) => Partition))].sort().join(),
        bodies: records.map(({ Value }) => Buffer.from(Value ?? '').toString('base64')),
        sequenceNumbers: records.map(({ Offset }) => Offset),
        metadata: { ...context.triggerMetadata, records },
      };
      const wishes = records.map(({ Value }) => (Value?.startsWith('{') ? JSON.parse(Value) : {}));
      return receive(batch, wishes, context);
    },
  });
}

async function receive(
  batch: Omit<BatchCall, 'when' | 'retry'>,
  wishes: readonly Wishes[],
  context: InvocationContext,
): Promise<void> {
  const tell = (when: BatchCall['when']) => {
    const call: BatchCall = { when, ...batch, retry: context.retryContext ?? null };
    context.log(CALL_PREFIX + JSON.stringify(call));
  };
  tell('begin');
  for (const wish of wishes) await obey(wish, context);
  tell('end');
}

/** What one message of a batch can ask of the run that gets it. */
type Wishes = {
  /** So many runs of its batch fail, or all where there is no retry policy. */
  failures?: number;
  /** The run from this retry on waits until somebody posts to `open/{gate}`. */
  gate?: string;
  gateAtRetry?: number;
  /** The run takes so many milliseconds. */
  lasts?: number;
};

const open = new Set<string>();
const openings = new EventEmitter().setMaxListeners(0);

/** Registers the function that opens gates: `POST open/{gate}`. */
function registerGates(): void {
  app.http('open', {
    route: 'open/{gate}',
    methods: ['POST'],
    handler: ({ params: { gate = '' } }) => {
      open.add(gate);
      openings.emit(gate);
      return { status: 204 };
    },
  });
}

/** Does what a message asks for. */
async function obey(
  { failures = 0, gate, gateAtRetry = 0, lasts }: Wishes,
  { retryContext }: InvocationContext,
): Promise<void> {
  const retryCount = retryContext?.retryCount ?? 0;
  if (lasts !== undefined) await sleep(lasts);
  if (gate !== undefined && retryCount >= gateAtRetry && !open.has(gate)) await once(openings, gate);
  if (retryCount < failures) throw new Error(`failed on purpose, run ${retryCount + 1}`);
}

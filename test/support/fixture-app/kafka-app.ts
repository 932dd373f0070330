import { app, type InvocationContext, type RetryOptions } from '@azure/functions';
import { CALL_PREFIX, type EventHubCall } from './event-hub-app.ts';
import { obey, registerGates, type Wishes } from './gates.ts';

// An app with one Kafka function that says what it gets and does what the values of the records, if they are JSON,
// ask for. A test bundles it with a line of code that calls `registerKafkaApp`.

export type KafkaAppOptions = {
  retry?: RetryOptions;
  /** In place of those of the binding. */
  binding?: Record<string, unknown>;
};

/** What the app makes of a record: as much as it needs. */
type Received = { Partition: number; Offset: number; Value: string | null };

/** @public called by the code that a test bundles */
export function registerKafkaApp({ retry, binding }: KafkaAppOptions): void {
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
    handler: (records, context) => receive(records as Received[], context),
  });
}

async function receive(records: readonly Received[], context: InvocationContext): Promise<void> {
  const tell = (when: EventHubCall['when']) => {
    const call: EventHubCall = {
      when,
      partitionId: [...new Set(records.map(({ Partition }) => Partition))].sort().join(),
      bodies: records.map(({ Value }) => Buffer.from(Value ?? '').toString('base64')),
      sequenceNumbers: records.map(({ Offset }) => Offset),
      metadata: { ...context.triggerMetadata, records },
      retry: context.retryContext ?? null,
    };
    context.log(CALL_PREFIX + JSON.stringify(call));
  };
  tell('begin');
  for (const { Value } of records) await obey(wishesIn(Value), context);
  tell('end');
}

function wishesIn(value: string | null): Wishes {
  return value?.startsWith('{') ? JSON.parse(value) : {};
}

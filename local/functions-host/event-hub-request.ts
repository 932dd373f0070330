import type { PartitionContext, ReceivedEventData } from '@azure/event-hubs';
import { toHostJson, toHostTime } from './host-json.ts';
import { type InvocationRequest, type RpcTypedData, toInt64 } from './rpc.ts';

/**
 * A batch as the host in Azure gives it to the worker: one byte array for each event, and the lists beside them in
 * .NET's spelling, whose first letters the library then changes to lower case. What is text there is text here: the
 * library reads text as JSON where it can, so offsets, and keys such as "42", reach the app as numbers.
 * (EventHubTriggerBindingStrategy.cs and GrpcMessageConversionExtensions.cs in the host's sources)
 */
export function toEventHubRequest(options: {
  events: readonly ReceivedEventData[];
  partition: PartitionContext;
  /** Of the trigger's binding. */
  bindingName: string;
  /** Whether the app has set the capability `IncludeEmptyEntriesInMessagePayload`. */
  includesEmptyEntries: boolean;
}): InvocationRequest {
  const { events, partition, bindingName, includesEmptyEntries } = options;
  const json = (value: unknown): RpcTypedData => ({ json: toHostJson(value) });
  const strings = (values: string[]): RpcTypedData => ({
    collectionString: { string: includesEmptyEntries ? values : values.filter((value) => value !== '') },
  });
  const context = json({
    IsCheckpointingAfterInvocation: true,
    FullyQualifiedNamespace: partition.fullyQualifiedNamespace,
    EventHubName: partition.eventHubName,
    ConsumerGroup: partition.consumerGroup,
    PartitionId: partition.partitionId,
  });
  const offsets = strings(events.map(({ offset }) => String(offset)));
  return {
    inputData: [{ name: bindingName, data: { collectionBytes: { bytes: events.map(toBytes) } } }],
    triggerMetadata: {
      PartitionContext: context,
      TriggerPartitionContext: context,
      PartitionKeyArray: strings(events.map(({ partitionKey }) => partitionKey ?? '')),
      OffsetArray: offsets,
      OffsetStringArray: offsets,
      SequenceNumberArray: {
        collectionSint64: { sint64: events.map(({ sequenceNumber }) => toInt64(sequenceNumber)) },
      },
      EnqueuedTimeUtcArray: json(events.map(({ enqueuedTimeUtc }) => toHostTime(enqueuedTimeUtc))),
      PropertiesArray: json(events.map((event) => event.getRawAmqpMessage().applicationProperties ?? {})),
      SystemPropertiesArray: json(events.map(toSystemProperties)),
    },
  };
}

/** The broker's annotations and the message's standard properties, and four of them again under .NET's names. */
function toSystemProperties(event: ReceivedEventData): Record<string, unknown> {
  const { messageAnnotations = {}, properties = {} } = event.getRawAmqpMessage();
  const standard = Object.entries(properties).map(([name, value]) => [dashed(name), value]);
  return {
    ...messageAnnotations,
    'x-opt-enqueued-time': `${toHostTime(event.enqueuedTimeUtc)}+00:00`,
    ...Object.fromEntries(standard.filter(([, value]) => value !== undefined)),
    SequenceNumber: event.sequenceNumber,
    Offset: String(event.offset),
    PartitionKey: event.partitionKey ?? null,
    EnqueuedTimeUtc: toHostTime(event.enqueuedTimeUtc),
  };
}

/** `contentType` → `content-type`, as AMQP has it. */
function dashed(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** The body's bytes as they were sent. Azure fails on one that is not bytes in AMQP, which no client sends by default. */
function toBytes({ body }: ReceivedEventData): Uint8Array {
  if (body instanceof Uint8Array) return body;
  const value = body ?? '';
  return Buffer.from(typeof value === 'string' ? value : toHostJson(value));
}

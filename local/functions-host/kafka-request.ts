import type { KafkaMessage } from 'kafkajs';
import { toHostJson, toHostTime } from './host-json.ts';
import { type InvocationRequest, type RpcTypedData, toInt64 } from './rpc.ts';

/** Records of one partition. */
export type KafkaRecords = { topic: string; partition: number; messages: readonly KafkaMessage[] };

/**
 * A batch as the extension gives it to the worker: one JSON object for each record, headers in base64, values and keys
 * read as UTF-8, and the lists beside them.
 * (KafkaEventData.cs and KafkaTriggerBindingStrategy.cs in the extension's sources)
 */
export function toKafkaRequest(
  { topic, partition, messages }: KafkaRecords,
  bindingName: string,
): InvocationRequest {
  const events = messages.map((message) => ({
    Offset: Number(message.offset),
    Partition: partition,
    Topic: topic,
    Timestamp: `${toHostTime(new Date(Number(message.timestamp)))}Z`,
    Value: message.value?.toString('utf8') ?? null,
    LeaderEpoch: null,
    IsPartitionEOF: false,
    Key: message.key?.toString('utf8') ?? null,
    Headers: toHeaders(message),
  }));
  const list = (name: keyof (typeof events)[number]): RpcTypedData => ({
    json: toHostJson(events.map((event) => event[name])),
  });
  return {
    inputData: [{ name: bindingName, data: { collectionString: { string: events.map(toHostJson) } } }],
    triggerMetadata: {
      PartitionArray: list('Partition'),
      OffsetArray: { collectionSint64: { sint64: events.map(({ Offset }) => toInt64(Offset)) } },
      TimestampArray: list('Timestamp'),
      TopicArray: { collectionString: { string: events.map(({ Topic }) => Topic) } },
      KeyArray: list('Key'),
      HeadersArray: list('Headers'),
    },
  };
}

/** The client groups headers by name, so the order between names is lost. */
function toHeaders({ headers = {} }: KafkaMessage): { Key: string; Value: string | null }[] {
  return Object.entries(headers).flatMap(([name, values]) =>
    [values].flat().map((value) => ({
      Key: name,
      Value: value === undefined ? null : Buffer.from(value).toString('base64'),
    })),
  );
}

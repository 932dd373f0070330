import type { KafkaMessage } from 'kafkajs';
import { toHostJson, toHostTime } from './host-json.ts';
import { type InvocationRequest, type RpcTypedData, toInt64 } from './rpc.ts';

/** A record, and where it is from. */
export type KafkaRecord = KafkaMessage & { topic: string; partition: number };

/**
 * A batch as the extension gives it to the worker: one JSON object for each record, headers in base64, values and keys
 * read as UTF-8, and the lists beside them.
 * (KafkaEventData.cs and KafkaTriggerBindingStrategy.cs in the extension's sources)
 */
export function toKafkaRequest(records: readonly KafkaRecord[], bindingName: string): InvocationRequest {
  const events = records.map((record) => ({
    Offset: Number(record.offset),
    Partition: record.partition,
    Topic: record.topic,
    Timestamp: `${toHostTime(new Date(Number(record.timestamp)))}Z`,
    Value: record.value?.toString('utf8') ?? null,
    LeaderEpoch: null,
    IsPartitionEOF: false,
    Key: record.key?.toString('utf8') ?? null,
    Headers: toHeaders(record),
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

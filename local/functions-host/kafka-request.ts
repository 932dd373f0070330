import { toHostJson, toHostTime } from './event-hub-json.ts';
import { type InvocationRequest, type RpcTypedData, toInt64 } from './rpc.ts';

/** A record as the broker keeps it. */
export type KafkaRecord = {
  topic: string;
  partition: number;
  offset: number;
  /** Milliseconds; -1 if the broker has none. */
  timestamp: number;
  key: Buffer | null;
  value: Buffer | null;
  headers: readonly { name: string; value: Buffer | null }[];
};

/**
 * A batch as the extension gives it to the worker: one JSON object for each record, headers in base64, values and keys
 * read as UTF-8, and the lists beside them.
 * (KafkaEventData.cs and KafkaTriggerBindingStrategy.cs in the extension's sources)
 */
export function toKafkaRequest(records: readonly KafkaRecord[], bindingName: string): InvocationRequest {
  const events = records.map(toEventData);
  const list = (name: keyof (typeof events)[number]): RpcTypedData => ({
    json: toHostJson(events.map((event) => event[name])),
  });
  return {
    inputData: [{ name: bindingName, data: { collectionString: { string: events.map(toHostJson) } } }],
    triggerMetadata: {
      PartitionArray: list('Partition'),
      OffsetArray: { collectionSint64: { sint64: records.map(({ offset }) => toInt64(offset)) } },
      TimestampArray: list('Timestamp'),
      TopicArray: { collectionString: { string: records.map(({ topic }) => topic) } },
      KeyArray: list('Key'),
      HeadersArray: list('Headers'),
    },
  };
}

function toEventData(record: KafkaRecord) {
  return {
    Offset: record.offset,
    Partition: record.partition,
    Topic: record.topic,
    Timestamp: `${toHostTime(new Date(record.timestamp))}Z`,
    Value: record.value?.toString('utf8') ?? null,
    LeaderEpoch: null,
    IsPartitionEOF: false,
    Key: record.key?.toString('utf8') ?? null,
    Headers: record.headers.map(({ name, value }) => ({ Key: name, Value: value })),
  };
}

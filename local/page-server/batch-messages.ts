import { isJsonObject, propertyWithoutCase } from '../../src/message/json.ts';
import type { InvocationRequest } from '../functions-host/rpc.ts';

/** A message of a batch, under the position that the app logs it with: `STREAM#SEQUENCE`. */
export type BatchMessage = { position: string; body: Buffer; type: string | null; time: string };

/** The messages that a batch of Event Hubs or Kafka hands over, read from the host's own words. */
export function batchMessages({ inputData, triggerMetadata = {} }: InvocationRequest): BatchMessage[] {
  const data = inputData[0]?.data;
  if (data?.collectionString) return data.collectionString.string.map((text) => fromKafka(JSON.parse(text)));
  const json = (name: string) => JSON.parse(triggerMetadata[name]?.json ?? 'null');
  const { EventHubName, PartitionId } = json('PartitionContext') ?? {};
  const sequences = triggerMetadata.SequenceNumberArray?.collectionSint64?.sint64 ?? [];
  const times: string[] = json('EnqueuedTimeUtcArray') ?? [];
  const properties: unknown[] = json('PropertiesArray') ?? [];
  return (data?.collectionBytes?.bytes ?? []).map((bytes, index) => {
    const { low = 0, high = 0 } = sequences[index] ?? {};
    return {
      position: `eventhub/${EventHubName}/${PartitionId}#${high * 2 ** 32 + (low >>> 0)}`,
      body: Buffer.from(bytes),
      type: typeOf(properties[index]),
      time: `${times[index]}Z`,
    };
  });
}

type KafkaRecord = {
  Topic: string;
  Partition: number;
  Offset: number;
  Timestamp: string;
  Value: string | null;
  Headers: { Key: string; Value: string | null }[];
};

function fromKafka({ Topic, Partition, Offset, Timestamp, Value, Headers }: KafkaRecord): BatchMessage {
  const header = Headers.find(({ Key }) => Key.toLowerCase() === 'type')?.Value;
  return {
    position: `kafka/${Topic}/${Partition}#${Offset}`,
    body: Buffer.from(Value ?? ''),
    type: header ? Buffer.from(header, 'base64').toString() : null,
    time: Timestamp,
  };
}

function typeOf(properties: unknown): string | null {
  const type = isJsonObject(properties) ? propertyWithoutCase(properties, 'type') : undefined;
  return typeof type === 'string' ? type : null;
}

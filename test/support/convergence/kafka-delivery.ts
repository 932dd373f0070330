import { fromKafkaBatch } from '../../../functions/kafka-batch.ts';
import type { Delivery } from '../../../src/message/delivery.ts';
import { instant, type Message } from './history.ts';

/** A message as the app makes it of the record that Kafka's extension hands over. */
export function kafkaDelivery(message: Message, receivedAt: string): Delivery {
  const { stream, productId, sequence, time, body, properties } = message;
  const [, topic, partition] = stream.name.split('/');
  const headers = Object.entries(properties).map(([Key, value]) => ({
    Key,
    Value: Buffer.from(String(value)).toString('base64'),
  }));
  const record = JSON.stringify({
    Topic: topic,
    Partition: Number(partition),
    Offset: sequence,
    Timestamp: instant(time),
    Key: productId,
    ...(isTombstone(message)
      ? { Value: null, Headers: [] }
      : { Value: Buffer.from(body).toString('utf8'), Headers: headers }),
  });
  const [delivery] = fromKafkaBatch([record]) ?? [];
  return { ...(delivery as Delivery), receivedAt };
}

/** What Kafka itself calls a tombstone: a key without a value. Half of what is ignored there. */
export function isTombstone({ kind, stream, sequence }: Message): boolean {
  return kind === 'ignored' && stream.transport === 'kafka' && (sequence ?? 0) % 2 === 0;
}

import { createHash } from 'node:crypto';
import type { Receiver } from 'rhea';
import type { Hub, Partition } from './hub.ts';
import { toPublication } from './publication.ts';
import { Refusal, toRefusal } from './refusal.ts';
import { localAttach } from './rhea-server.ts';

/** The largest publication of the Standard tier, envelope included; the SDK's batches take their limit from it. */
const MAX_PUBLICATION_BYTES = 1_048_576;

/** The format of several events in one transfer. The .NET client sends a single event as a plain message. */
const BATCH_FORMAT = 0x80013700;

/** Where a link publishes to. Without a partition, each publication's key decides; those without a key take turns. */
export interface PublishingTarget {
  hub: Hub;
  partition: Partition | undefined;
  log: (line: string) => void;
}

/** Takes publications from a link that a client has opened. */
export function acceptPublications(receiver: Receiver, target: PublishingTarget): void {
  localAttach(receiver).max_message_size = MAX_PUBLICATION_BYTES;
  receiver.on('message', ({ message, delivery }) => {
    try {
      publish(message as unknown as Buffer, delivery?.format === BATCH_FORMAT, target);
      delivery?.accept();
    } catch (error) {
      const refusal = toRefusal(error);
      if (refusal.condition === 'amqp:internal-error') target.log(`A publication failed: ${refusal.message}`);
      delivery?.reject({ condition: refusal.condition, description: refusal.message });
    }
  });
}

function publish(payload: Buffer, isBatch: boolean, { hub, partition }: PublishingTarget): void {
  if (payload.length > MAX_PUBLICATION_BYTES) {
    const text = `The publication has ${payload.length} bytes; ${MAX_PUBLICATION_BYTES} are allowed.`;
    throw new Refusal('amqp:link:message-size-exceeded', text);
  }
  const { events, partitionKey } = toPublication(payload, isBatch);
  (partition ?? choosePartition(hub, partitionKey)).events.append(events);
}

/** A key always means the same partition. By which rule, the service does not say. */
function choosePartition(hub: Hub, partitionKey: string | undefined): Partition {
  const number =
    partitionKey === undefined
      ? hub.nextPartition++
      : createHash('sha256').update(partitionKey).digest().readUInt32BE();
  return hub.partitions[number % hub.partitions.length] as Partition;
}

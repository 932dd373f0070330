import type { Receiver } from 'rhea';
import { partitionOfKey } from './key-hash.ts';
import type { Hub, Partition } from './namespace.ts';
import { toPublication } from './publication.ts';
import { Refusal, toRefusal } from './refusal.ts';
import { localAttach } from './rhea-server.ts';

/** The largest publication of the Standard tier, envelope included; the SDK's batches take their limit from it. */
const MAX_PUBLICATION_BYTES = 1_048_576;

/** Where a link publishes to: one partition, or whichever the key or the turn says. */
export interface PublishingTarget {
  hub: Hub;
  partition?: Partition;
  log: (line: string) => void;
}

/** Takes publications from a link that a client has opened. */
export function acceptPublications(receiver: Receiver, target: PublishingTarget): void {
  localAttach(receiver).max_message_size = MAX_PUBLICATION_BYTES;
  receiver.on('message', ({ message, delivery }) => {
    try {
      publish(message, target);
      delivery?.accept();
    } catch (error) {
      const refusal = toRefusal(error);
      if (refusal.condition === 'amqp:internal-error') target.log(`A publication failed: ${refusal.message}`);
      delivery?.reject({ condition: refusal.condition, description: refusal.message });
    }
  });
}

/** Whether a link asks for an extension. */
export function desires(
  link: { desired_capabilities?: string | string[] | null },
  capability: string,
): boolean {
  return [link.desired_capabilities ?? []].flat().includes(capability);
}

function publish(payload: unknown, { hub, partition }: PublishingTarget): void {
  // rhea hands over the bytes of any format but 0, a plain message, which the SDK never sends.
  if (!Buffer.isBuffer(payload)) {
    throw new Refusal('amqp:not-implemented', 'Events are taken in the batch format 0x80013700 only.');
  }
  if (payload.length > MAX_PUBLICATION_BYTES) {
    const text = `The publication has ${payload.length} bytes; ${MAX_PUBLICATION_BYTES} are allowed.`;
    throw new Refusal('amqp:link:message-size-exceeded', text);
  }
  const publication = toPublication(payload);
  (partition ?? choosePartition(hub, publication.partitionKey)).events.append(publication);
}

function choosePartition(hub: Hub, partitionKey: string | undefined): Partition {
  const count = hub.partitions.length;
  const index =
    partitionKey === undefined ? hub.nextPartition++ % count : partitionOfKey(partitionKey, count);
  return hub.partitions[index] as Partition;
}

import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Dictionary, Receiver, Sender } from 'rhea';
import { EventDelivery } from './event-delivery.ts';
import { findPartition, findReceivers, type Hub, notFound, type Partition, requireHub } from './hub.ts';
import type { PartitionLog } from './partition-log.ts';
import { type Publication, toPublication } from './publication.ts';
import type { Receivers } from './receivers.ts';
import { Refusal, toRefusal } from './refusal.ts';
import { answerRequests, putToken, readProperties } from './requests.ts';
import { localAttach } from './rhea-server.ts';
import { findStart } from './start-position.ts';

/** A connected client. */
export interface Client {
  hub: Hub;
  socket: Socket;
  log: (line: string) => void;
  /** Set by the first valid token. Until then the broker answers only requests, which show one themselves. */
  isAuthorized: boolean;
  /** What is being delivered, by link. */
  deliveries: Map<Sender, EventDelivery>;
}

const ADDRESS = /^([^/]+)(?:\/ConsumerGroups\/([^/]+))?(?:\/Partitions\/([^/]+))?$/i;

/** What an address names: `$cbs`, `$management`, a hub or a part of it. The .NET client puts a slash before it. */
function toPlace(address: string | undefined = '') {
  const [, name = address, group, partitionId] = ADDRESS.exec(address.replace(/^\//, '')) ?? [];
  return { name, group, partitionId };
}

/** Opens a link on which the client sends: requests or publications. */
export function openForSending(receiver: Receiver, client: Client): void {
  const { hub } = client;
  const { address } = receiver.target ?? {};
  const { name, group, partitionId } = toPlace(address);
  if (name === '$cbs') {
    answerRequests(receiver, (request) => {
      putToken(request);
      client.isAuthorized = true;
      return undefined;
    });
    return;
  }
  if (name === '$management') {
    // Each such request shows a token itself: the .NET client asks for properties without `$cbs`.
    answerRequests(receiver, (request) => readProperties(hub, request));
    return;
  }
  requireAuthorized(client);
  requireHub(hub, name);
  if (group !== undefined) throw notFound(address);
  const partition = partitionId === undefined ? undefined : findPartition(hub, partitionId);
  acceptPublications(receiver, client, partition);
}

/** Opens a link on which the client receives: answers, which go out as requests come, or events. */
export function openForReceiving(sender: Sender, client: Client): void {
  const { address } = sender.source ?? {};
  const { name, group, partitionId } = toPlace(address);
  if (name === '$cbs' || name === '$management') return;
  requireAuthorized(client);
  requireHub(client.hub, name);
  if (group === undefined || partitionId === undefined) throw notFound(address);
  const partition = findPartition(client.hub, partitionId);
  deliver(sender, client, {
    events: partition.events,
    receivers: findReceivers(client.hub, partition, group),
  });
}

/** The value of `snd-settle-mode` by which the broker says that its deliveries need no answer. */
const SETTLED = 1;

const FILTER = 'apache.org:selector-filter:string';

function deliver(
  sender: Sender,
  client: Client,
  { events, receivers }: { events: PartitionLog; receivers: Receivers },
): void {
  const filter: Dictionary<unknown> = sender.source.filter ?? {};
  const epoch: unknown = sender.properties?.['com.microsoft:epoch'];
  const delivery = new EventDelivery({
    sender,
    socket: client.socket,
    events,
    receivers,
    // A described string, which rhea leaves wrapped.
    start: findStart(filter[FILTER] === undefined ? undefined : String(filter[FILTER]), events),
    epoch: typeof epoch === 'number' ? epoch : undefined,
  });
  delivery.start();
  client.deliveries.set(sender, delivery);
  sender.set_source({ address: sender.source.address, filter });
  localAttach(sender).snd_settle_mode = SETTLED;
}

function requireAuthorized({ isAuthorized }: Client): void {
  if (!isAuthorized) throw new Refusal('amqp:unauthorized-access', 'Show a token to $cbs first.');
}

/** The largest publication of the Standard tier, envelope included; the SDK's batches take their limit from it. */
const MAX_PUBLICATION_BYTES = 1_048_576;

/** The format of several events in one transfer. The .NET client sends a single event as a plain message. */
const BATCH_FORMAT = 0x80013700;

/** Takes publications. Without a partition, each one's key decides; those without a key take turns. */
function acceptPublications(
  receiver: Receiver,
  { hub, log }: Client,
  partition: Partition | undefined,
): void {
  localAttach(receiver).max_message_size = MAX_PUBLICATION_BYTES;
  receiver.on('message', ({ message, delivery }) => {
    try {
      const { events, partitionKey } = readPublication(message as unknown as Buffer, delivery?.format);
      (partition ?? choosePartition(hub, partitionKey)).events.append(events);
      delivery?.accept();
    } catch (error) {
      const refusal = toRefusal(error);
      if (refusal.condition === 'amqp:internal-error') log(`A publication failed: ${refusal.message}`);
      delivery?.reject({ condition: refusal.condition, description: refusal.message });
    }
  });
}

function readPublication(payload: Buffer, format: number | undefined): Publication {
  if (payload.length > MAX_PUBLICATION_BYTES) {
    const text = `The publication has ${payload.length} bytes; ${MAX_PUBLICATION_BYTES} are allowed.`;
    throw new Refusal('amqp:link:message-size-exceeded', text);
  }
  return toPublication(payload, format === BATCH_FORMAT);
}

/** A key always means the same partition. By which rule, the service does not say. */
function choosePartition(hub: Hub, partitionKey: string | undefined): Partition {
  const number =
    partitionKey === undefined
      ? hub.nextPartition++
      : createHash('sha256').update(partitionKey).digest().readUInt32BE();
  return hub.partitions[number % hub.partitions.length] as Partition;
}

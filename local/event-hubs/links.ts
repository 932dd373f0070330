import type { Socket } from 'node:net';
import type { Dictionary, Receiver, Sender } from 'rhea';
import { type Address, toAddress } from './address.ts';
import { putToken } from './cbs.ts';
import { EventDelivery } from './delivering.ts';
import { readProperties } from './management.ts';
import { findHub, findPartition, findReceivers, type Namespace } from './namespace.ts';
import type { PartitionLog } from './partition-log.ts';
import { acceptPublications, desires } from './publishing.ts';
import type { Receivers } from './receivers.ts';
import { Refusal } from './refusal.ts';
import { answerRequests, type Reply, type Request } from './request-reply.ts';
import { localAttach } from './rhea-server.ts';
import { findStart } from './start-position.ts';

/** A connected client. */
export interface Client {
  namespace: Namespace;
  socket: Socket;
  log: (line: string) => void;
  /** Set by the first valid token. Until then the broker answers only requests, which show one themselves. */
  isAuthorized: boolean;
  /** What is being delivered on which link, and how to end it. */
  deliveries: Map<Sender, { delivery: EventDelivery; end: () => void }>;
}

/** Opens a link on which the client sends: requests or publications. */
export function openForSending(receiver: Receiver, client: Client): void {
  const { namespace, log } = client;
  const text = receiver.target?.address;
  const address = toAddress(text);
  if (!isForRequests(address)) requireAuthorized(client);
  switch (address.kind) {
    case 'cbs':
      answerRequests(receiver, (request) => authorize(client, request));
      break;
    case 'management':
      answerRequests(receiver, (request) => readProperties(namespace, request));
      break;
    case 'hub':
      acceptPublications(receiver, { hub: findHub(namespace, address.hub), log });
      break;
    case 'partition': {
      const hub = findHub(namespace, address.hub);
      acceptPublications(receiver, { hub, partition: findPartition(hub, address.partition), log });
      break;
    }
    default:
      throw notFound(text);
  }
}

/** Opens a link on which the client receives: answers or events. */
export function openForReceiving(sender: Sender, client: Client): void {
  const text = sender.source?.address;
  const address = toAddress(text);
  if (!isForRequests(address)) requireAuthorized(client);
  switch (address.kind) {
    case 'cbs':
    case 'management':
      // Answers go out on it as requests come.
      break;
    case 'consumer': {
      const hub = findHub(client.namespace, address.hub);
      const partition = findPartition(hub, address.partition);
      deliver(sender, client, partition.events, findReceivers(hub, partition, address.group));
      break;
    }
    default:
      throw notFound(text);
  }
}

/** The value of `snd-settle-mode` by which the broker says that its deliveries need no answer. */
const SETTLED = 1;

const FILTER = 'apache.org:selector-filter:string';

function deliver(sender: Sender, client: Client, events: PartitionLog, receivers: Receivers): void {
  const filter: Dictionary<unknown> = sender.source.filter ?? {};
  const epoch: unknown = sender.properties?.['com.microsoft:epoch'];
  const delivery = new EventDelivery({
    sender,
    socket: client.socket,
    events,
    // A described string, which rhea leaves wrapped.
    start: findStart(filter[FILTER] === undefined ? undefined : String(filter[FILTER]), events),
    epoch: typeof epoch === 'number' ? epoch : undefined,
    tracksLastEnqueued: desires(sender, 'com.microsoft:enable-receiver-runtime-metric'),
  });
  receivers.admit(delivery);
  const end = () => {
    receivers.release(delivery);
    delivery.stop();
  };
  client.deliveries.set(sender, { delivery, end });
  sender.set_source({ address: sender.source.address, filter });
  localAttach(sender).snd_settle_mode = SETTLED;
  delivery.start();
}

function authorize(client: Client, request: Request): Reply {
  const reply = putToken(request);
  client.isAuthorized = true;
  return reply;
}

/** Such a request shows a token itself: the .NET client asks for properties without `$cbs`. */
function isForRequests({ kind }: Address): boolean {
  return kind === 'cbs' || kind === 'management';
}

function requireAuthorized({ isAuthorized }: Client): void {
  if (isAuthorized) return;
  throw new Refusal('amqp:unauthorized-access', 'Show a token to $cbs first.');
}

function notFound(address: string | undefined): Refusal {
  return new Refusal('amqp:not-found', `The messaging entity '${address}' could not be found.`);
}

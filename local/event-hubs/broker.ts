import { once } from 'node:events';
import { type AddressInfo, createServer, isIPv6, type Server, type Socket } from 'node:net';
import type { Container } from 'rhea';
import { serveClient } from './client-connection.ts';
import { type HubOptions, type Namespace, openNamespace } from './namespace.ts';
import { createServerContainer } from './rhea-server.ts';
import { connectionStringFor } from './shared-access-signature.ts';

/** How to start a broker. */
export interface EventHubsBrokerOptions {
  /** 0: any free one. */
  port?: number;
  /** A name or address of the loopback interface; nothing else is allowed. */
  hostname?: string;
  hubs: readonly HubOptions[];
  /** Beyond it a partition's oldest events are dropped; absent: 256 MiB shared by all partitions. */
  retention?: { maxBytesPerPartition: number };
  /** Gets a line about anything unusual; absent: stderr. */
  log?: (line: string) => void;
}

/** A running broker. */
export interface EventHubsBroker {
  port: number;
  /** For the SDK; without `EntityPath`, so that it serves for every hub. */
  connectionString: string;
  /** Cuts every connection silently, as a broken network would. */
  dropConnections(): void;
  /** Tells the clients and stops, within a second whatever they do. */
  close(): Promise<void>;
}

const DEFAULT_RETENTION_BYTES = 256 * 1024 * 1024;

/** How long clients have to say goodbye. */
const GOODBYE_MS = 500;

/** Starts an empty broker, in memory, that unmodified SDKs talk to over plain AMQP on the loopback interface. */
export async function startEventHubsBroker(options: EventHubsBrokerOptions): Promise<EventHubsBroker> {
  const { port = 0, hostname = '127.0.0.1', hubs, log = console.warn } = options;
  requireLoopback(hostname);
  requireValidHubs(hubs);
  const partitions = hubs.reduce((sum, { partitionCount }) => sum + partitionCount, 0);
  const maxBytesPerPartition =
    options.retention?.maxBytesPerPartition ?? DEFAULT_RETENTION_BYTES / partitions;
  const namespace = openNamespace(hubs, maxBytesPerPartition);
  const clients = new Map<Socket, () => void>();
  const server = listenForClients({ namespace, clients, log });
  server.listen(port, hostname);
  await once(server, 'listening');
  // From now on this is a connection that cannot be accepted for lack of file descriptors: no reason to end.
  server.on('error', (error) => log(`A client could not connect: ${error.message}`));
  const address = server.address() as AddressInfo;
  let closing: Promise<void> | undefined;
  return {
    port: address.port,
    connectionString: connectionStringFor(`${isIPv6(hostname) ? `[${hostname}]` : hostname}:${address.port}`),
    dropConnections: () => destroyAll(clients),
    close: () => (closing ??= stop(server, clients)),
  };
}

interface ListenOptions {
  namespace: Namespace;
  clients: Map<Socket, () => void>;
  log: (line: string) => void;
}

function listenForClients({ namespace, clients, log }: ListenOptions): Server {
  const container: Container = createServerContainer();
  // rhea reports here what no connection has heard.
  container.on('error', (error: Error) => log(`AMQP error: ${error.message}`));
  return createServer((socket) => {
    socket.on('close', () => clients.delete(socket));
    const client = { namespace, socket, log, isAuthorized: false, deliveries: new Map() };
    clients.set(socket, serveClient(container, client));
  });
}

async function stop(server: Server, clients: Map<Socket, () => void>): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  for (const askToLeave of clients.values()) askToLeave();
  const timer = setTimeout(() => destroyAll(clients), GOODBYE_MS);
  await closed;
  clearTimeout(timer);
}

function destroyAll(clients: Map<Socket, () => void>): void {
  for (const socket of clients.keys()) socket.destroy();
}

function requireLoopback(hostname: string): void {
  if (hostname === 'localhost' || hostname === '::1' || /^127(\.\d+){3}$/.test(hostname)) return;
  throw new Error(
    `The broker's key is public: it listens on the loopback interface only, not on ${hostname}.`,
  );
}

const HUB_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

function requireValidHubs(hubs: readonly HubOptions[]): void {
  for (const { name, partitionCount } of hubs) {
    const isValid = HUB_NAME.test(name) && Number.isInteger(partitionCount);
    if (isValid && partitionCount >= 1 && partitionCount <= 32) continue;
    throw new Error(`Not a hub: '${name}' with ${partitionCount} partitions (1 to 32).`);
  }
  const names = new Set(hubs.map(({ name }) => name.toLowerCase()));
  if (hubs.length === 0 || names.size < hubs.length) throw new Error('Name at least one hub, and each once.');
}

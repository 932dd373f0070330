import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { localEventHubsConnectionString } from '../defaults.ts';
import { listen } from '../listen.ts';
import { serveClient } from './client-connection.ts';
import { type HubOptions, openHub } from './hub.ts';
import { createServerContainer } from './rhea-server.ts';

/** How to start a broker. */
export interface EventHubsBrokerOptions {
  /** 0: any free one. */
  port?: number;
  hub: HubOptions;
  /** Gets a line about anything unusual; absent: stderr. */
  log?: (line: string) => void;
}

/** A running broker. */
export interface EventHubsBroker {
  port: number;
  /** It does not name the hub. */
  connectionString: string;
  /** Cuts every connection silently, as a broken network would. */
  dropConnections(): void;
  /** Tells the clients and stops, within a second even if they do not answer. */
  close(): Promise<void>;
}

/** How long clients have to say goodbye. */
const GOODBYE_MS = 500;

/**
 * Starts an empty broker, in memory, that unmodified SDKs talk to over plain AMQP on the loopback interface.
 * @throws PortTakenError
 */
export async function startEventHubsBroker(options: EventHubsBrokerOptions): Promise<EventHubsBroker> {
  const { port = 0, log = console.warn } = options;
  const hub = openHub(options.hub);
  const container = createServerContainer();
  // Errors of connections that have no listener for them.
  container.on('error', (error: Error) => log(`AMQP error: ${error.message}`));
  const clients = new Map<Socket, () => void>();
  const server = createServer((socket) => {
    socket.on('close', () => clients.delete(socket));
    const client = { hub, socket, log, isAuthorized: false, deliveries: new Map() };
    clients.set(socket, serveClient(container, client));
  });
  const boundPort = await listen(server, port, '--event-hubs-port');
  // Such as a lack of file descriptors: the other clients go on.
  server.on('error', (error) => log(`A client could not connect: ${error.message}`));
  const dropConnections = () => {
    for (const socket of clients.keys()) socket.destroy();
  };
  const stop = async () => {
    const closed = once(server, 'close');
    server.close();
    for (const askToLeave of clients.values()) askToLeave();
    const timer = setTimeout(dropConnections, GOODBYE_MS);
    await closed;
    clearTimeout(timer);
  };
  let closing: Promise<void> | undefined;
  return {
    port: boundPort,
    connectionString: localEventHubsConnectionString(boundPort),
    dropConnections,
    close: () => (closing ??= stop()),
  };
}

import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type EventData, EventHubProducerClient, type PartitionOwnership } from '@azure/event-hubs';
import { BlobCheckpointStore } from '@azure/eventhubs-checkpointstore-blob';
import { ContainerClient } from '@azure/storage-blob';
import { startEventHubsBroker } from '../../../local/event-hubs/broker.ts';
import type { EventHubsOptions } from '../../../local/functions-host/event-hub-feed.ts';
import { type FunctionsHost, startFunctionsHost } from '../../../local/functions-host/host.ts';
import type { LogEntry } from '../../../local/functions-host/log.ts';
import { setEnvironment } from '../../../local/settings.ts';
import { checkedLines, checkTold } from '../leaks/check.ts';
import { startRelay } from '../relay.ts';
import { type BundledApp, bundleApp } from './bundle-app.ts';
import { CALL_PREFIX, type EventHubAppOptions, type EventHubCall } from './event-hub-app.ts';

/** What a host says: its log, and in it the calls of the app's function. */
export class HostLog {
  readonly entries: LogEntry[] = [];
  readonly calls: EventHubCall[] = [];
  readonly #written = new EventEmitter().setMaxListeners(0);

  readonly log = (entry: LogEntry): void => {
    this.entries.push(entry);
    // What the fixture app was called with is no line of a log.
    if (entry.message.startsWith(CALL_PREFIX))
      this.calls.push(JSON.parse(entry.message.slice(CALL_PREFIX.length)));
    else checkTold('log', entry.message);
    this.#written.emit('entry');
  };

  /** Waits until something is there, looking anew after each entry. */
  async until<T>(find: (log: HostLog) => T | undefined | false): Promise<T> {
    for (;;) {
      const found = find(this);
      if (found !== undefined && found !== false) return found;
      await once(this.#written, 'entry');
    }
  }

  /** The first call of this kind, now or later. */
  call(matches: (call: EventHubCall) => boolean): Promise<EventHubCall> {
    return this.until(({ calls }) => calls.find(matches));
  }

  entry(pattern: RegExp): Promise<LogEntry> {
    return this.until(({ entries }) => entries.find(({ message }) => pattern.test(message)));
  }

  /** The bodies, as text, that the function has seen to the end. */
  finished(): string[] {
    return this.calls.filter(({ when }) => when === 'end').flatMap((call) => textsOf(call));
  }

  /** Waits until the function has seen all of these to the end. */
  async finishedAll(texts: readonly string[]): Promise<void> {
    await this.until(() => {
      const seen = new Set(this.finished());
      return texts.every((text) => seen.has(text));
    });
  }
}

export function textsOf({ bodies }: EventHubCall): string[] {
  return bodies.map((body) => Buffer.from(body, 'base64').toString());
}

export type TestHost = FunctionsHost & { log: HostLog; openGate(name: string): Promise<void> };

/** A host in a process of its own. */
export type ChildHost = {
  log: HostLog;
  openGate(name: string): Promise<void>;
  /** Sends a signal and gives the exit code, null after a kill. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null>;
};

export type Position = { partitionId?: string; partitionKey?: string };

/** A broker with the hub `products`, an app that reads it, and as many hosts as a test starts. */
export type Stage = {
  connectionString: string;
  dropConnections(): Promise<void>;
  startHost(options?: Partial<EventHubsOptions>): Promise<TestHost>;
  startChildHost(): Promise<ChildHost>;
  /** Ends the broker; `start` begins again on the same port, with the same events if it has a data directory. */
  stopBroker(): Promise<{ start(): Promise<void> }>;
  publish(events: readonly (EventData | string)[], position?: Position): Promise<void>;
  /** Sequence numbers by partition. */
  checkpoints(): Promise<Record<string, number>>;
  ownership(): Promise<PartitionOwnership[]>;
  close(): Promise<void>;
};

/** Bundles the app, with its options in it. */
export function bundleEventHubApp(options: EventHubAppOptions = {}): Promise<BundledApp> {
  return bundleApp(
    `import { registerEventHubApp } from './event-hub-app.ts'; registerEventHubApp(${JSON.stringify(options)});`,
  );
}

const SCOPE = ['127.0.0.1', 'products', '$Default'] as const;

export async function setStage(options: {
  storageConnectionString: string;
  app?: EventHubAppOptions;
  partitionCount?: number;
  eventHubs?: Partial<EventHubsOptions>;
}): Promise<Stage> {
  const { storageConnectionString, partitionCount = 2 } = options;
  const broker = await startEventHubsBroker({ hub: { name: 'products', partitionCount } });
  // The way to the broker, which a test can close without its events being lost.
  const relay = await startRelay(broker.port);
  const connectionString = broker.connectionString.replace(`:${broker.port};`, `:${relay.port};`);
  const app = await bundleEventHubApp(options.app);
  const restoreEnvironment = setEnvironment({ EventHubConnection: connectionString });
  const checkpointContainer = `events-${randomUUID()}`;
  const eventHubs = { storageConnectionString, checkpointContainer, ...options.eventHubs };
  const container = new ContainerClient(storageConnectionString, checkpointContainer);
  await container.createIfNotExists();
  const store = new BlobCheckpointStore(container);
  let producer = new EventHubProducerClient(connectionString, 'products');
  // One whose connection is cut in the middle of sending waits a minute for an answer.
  const replaceProducer = async () => {
    await producer.close();
    producer = new EventHubProducerClient(connectionString, 'products');
  };
  const cleanUps: (() => Promise<unknown>)[] = [];
  return {
    async dropConnections() {
      await replaceProducer();
      broker.dropConnections();
    },
    connectionString,
    async startChildHost() {
      const child = await startHostProcess(
        { entry: app.entry, eventHubs },
        { EventHubConnection: connectionString },
      );
      cleanUps.push(() => child.end('SIGKILL'));
      return child;
    },
    async stopBroker() {
      await replaceProducer();
      relay.stop();
      return { start: () => relay.start() };
    },
    async startHost(more) {
      const log = new HostLog();
      const host = await startFunctionsHost({
        entry: app.entry,
        port: 0,
        eventHubs: { ...eventHubs, ...more },
        log: log.log,
      });
      cleanUps.push(() => host.close());
      return { ...host, log, openGate: (name) => openGate(host.url, name) };
    },
    async publish(events, position = {}) {
      const batch = await producer.createBatch(position);
      for (const event of events) {
        const data = typeof event === 'string' ? { body: Buffer.from(event) } : event;
        if (!batch.tryAdd(data)) throw new Error('The events do not fit into one publication.');
      }
      await producer.sendBatch(batch);
    },
    async checkpoints() {
      const found = await store.listCheckpoints(...SCOPE);
      return Object.fromEntries(
        found.map(({ partitionId, sequenceNumber }) => [partitionId, sequenceNumber]),
      );
    },
    ownership: () => store.listOwnership(...SCOPE),
    async close() {
      for (const cleanUp of cleanUps) await cleanUp();
      await producer.close();
      relay.stop();
      await broker.close();
      await app.remove();
      restoreEnvironment();
    },
  };
}

export async function openGate(url: string, name: string): Promise<void> {
  await fetch(`${url}/api/open/${name}`, { method: 'POST' });
}

const TSX = createRequire(import.meta.url).resolve('tsx');
const HOST = fileURLToPath(new URL('./event-hub-host.ts', import.meta.url));

/** Starts a host in a process of its own, and waits until it runs. */
export async function startHostProcess(options: object, settings: NodeJS.ProcessEnv): Promise<ChildHost> {
  const child = runHost(JSON.stringify(options), { PATH: process.env.PATH, ...settings });
  const url = await child.log.until(({ entries }) => entries.find(({ message }) => /^http:/.test(message)));
  return { ...child, openGate: (name) => openGate(url.message, name) };
}

function runHost(options: string, env: NodeJS.ProcessEnv): Omit<ChildHost, 'openGate'> {
  const child = spawn(process.execPath, ['--import', TSX, HOST, options], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stderr.on(
    'data',
    checkedLines('log', (text) => process.stderr.write(text)),
  );
  // A test that fails half-way must leave nothing behind either.
  const killAtExit = () => child.kill('SIGKILL');
  process.once('exit', killAtExit);
  const log = new HostLog();
  createInterface({ input: child.stdout }).on('line', (line) => log.log(JSON.parse(line) as LogEntry));
  const ended = once(child, 'close').then(([code]) => {
    process.off('exit', killAtExit);
    return code as number | null;
  });
  return {
    log,
    end(signal) {
      child.kill(signal);
      return ended;
    },
  };
}

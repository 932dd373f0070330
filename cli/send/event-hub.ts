import type { EventHubProducerClient } from '@azure/event-hubs';
import { LOCAL_EVENT_HUB, localEventHubsConnectionString } from '../../local/defaults.ts';
import { connectionParts, isLoopback } from '../../src/settings/addresses.ts';
import { readEventHubSettings } from '../../src/settings/broker-settings.ts';
import { usageError } from '../common/command-error.ts';
import { typeAndProductOf } from './envelope.ts';
import type { Transport } from './transport.ts';

/** `type` is that of payloads without an envelope. */
export type EventHubFlags = { type: string; connectionString?: string; hub?: string };

/** The client retries a lost connection at once, and gives up on a wrong address soon. */
const RETRY_OPTIONS = { maxRetries: 1, retryDelayInMs: 200, timeoutInMs: 5_000 };

/** Event Hubs takes no longer partition keys. */
const MAX_KEY_LENGTH = 128;

/** Sends messages as OrderCloud's Event Hubs delivery does: one event each. */
export function eventHubTransport(flags: EventHubFlags, env: NodeJS.ProcessEnv): Transport {
  const { connectionString, hub, address } = eventHubTarget(flags, env);
  let producer: Promise<EventHubProducerClient> | undefined;
  return {
    address,
    whenRefused: 'Start the local stack with: npm start',
    isBroker: true,
    // The client alone would wait a minute for a connection.
    timeoutMs: 15_000,
    async send(message, abortSignal) {
      producer ??= createProducer(connectionString, hub);
      const { type, productId } = typeAndProductOf(message, flags.type);
      const event = { body: message.body, ...(type !== null && { properties: { type } }) };
      // A shortened key only lets two products share a partition.
      const partitionKey = productId?.slice(0, MAX_KEY_LENGTH).toWellFormed();
      await (await producer).sendBatch([event], { ...(partitionKey && { partitionKey }), abortSignal });
      return { ok: true, outcome: 'sent' };
    },
    close: async () => (await producer?.catch(() => undefined))?.close(),
  };
}

/** The client is loaded only where it is used. */
async function createProducer(connectionString: string, hub: string): Promise<EventHubProducerClient> {
  const { EventHubProducerClient } = await import('@azure/event-hubs');
  return new EventHubProducerClient(connectionString, hub, { retryOptions: RETRY_OPTIONS });
}

/** The hub to send to, from flags and environment; the local stack's by default. No error quotes a key. */
export function eventHubTarget(
  flags: Pick<EventHubFlags, 'connectionString' | 'hub'>,
  env: NodeJS.ProcessEnv,
): { connectionString: string; hub: string; address: string } {
  if (flags.connectionString === '') throw usageError('--connection-string is empty.');
  const given = flags.connectionString ?? (env.EventHubConnection || undefined);
  if (given === undefined && env.EventHubConnection__fullyQualifiedNamespace) {
    throw usageError(
      'EventHubConnection__fullyQualifiedNamespace is set, but sending needs a connection string: ' +
        'set EventHubConnection or pass --connection-string.',
    );
  }
  const connectionString = given ?? localEventHubsConnectionString();
  const parts = connectionParts(connectionString);
  const entityPath = parts.get('entitypath');
  const hub = flags.hub ?? entityPath ?? (env.EVENT_HUB_NAME || LOCAL_EVENT_HUB);
  const settings = { EventHubConnection: connectionString, EVENT_HUB_NAME: hub };
  const [problem] = readEventHubSettings(settings).problems;
  if (problem !== undefined) throw usageError(`${problem.name} ${problem.problem}.`);
  if (entityPath !== undefined && hub !== entityPath) {
    throw usageError(`The connection string is for the hub ${entityPath}, and --hub names ${hub}.`);
  }
  const { host, hostname } = new URL((parts.get('endpoint') ?? '').replace(/^sb:/i, 'http:'));
  if (isLoopback(hostname) && parts.get('usedevelopmentemulator')?.toLowerCase() !== 'true') {
    throw usageError(
      'A connection string for this machine needs UseDevelopmentEmulator=true: there is no TLS here.',
    );
  }
  return { connectionString, hub, address: `sb://${host}/${hub}` };
}

import type { EventHubConnectionStringProperties } from '@azure/event-hubs';
import { LOCAL_EVENT_HUB, localEventHubsConnectionString } from '../../local/defaults.ts';
import { isLoopback } from '../../src/settings/addresses.ts';
import { usageError } from '../common/command-error.ts';
import { typeAndProductOf } from './envelope.ts';
import type { Transport } from './transport.ts';

export type EventHubFlags = {
  connectionString?: string;
  hub?: string;
  /** The type of payloads that come without an envelope. */
  type: string;
  /** False spreads the events over all partitions, instead of keeping those of one product in one. */
  key: boolean;
};

/** A lost connection is tried again at once; a wrong address is soon told. */
const RETRY_OPTIONS = { maxRetries: 1, retryDelayInMs: 200, timeoutInMs: 5_000 };

/** Event Hubs takes no longer partition keys. */
const MAX_KEY_LENGTH = 128;

/** Sends messages as OrderCloud's Event Hubs delivery does: one event each. */
export async function eventHubTransport(flags: EventHubFlags, env: NodeJS.ProcessEnv): Promise<Transport> {
  const { connectionString, hub, address } = await eventHubTarget(flags, env);
  const { EventHubProducerClient } = await import('@azure/event-hubs');
  const producer = new EventHubProducerClient(connectionString, hub, { retryOptions: RETRY_OPTIONS });
  return {
    address,
    whenRefused: 'Start the local stack with: npm start',
    isBroker: true,
    // The client alone would wait a minute for a connection.
    timeoutMs: 15_000,
    async send(message, abortSignal) {
      const { body, type, productId } = typeAndProductOf(message, flags.type);
      const event = type === null ? { body } : { body, properties: { type } };
      // What is cut off only lets two products share a partition.
      const partitionKey = productId?.slice(0, MAX_KEY_LENGTH).toWellFormed();
      const key = flags.key && partitionKey !== undefined && { partitionKey };
      await producer.sendBatch([event], { ...key, abortSignal });
      return { ok: true, outcome: 'sent', productId };
    },
    close: () => producer.close(),
  };
}

type TargetFlags = Pick<EventHubFlags, 'connectionString' | 'hub'>;

/** The hub to send to, from flags and environment; the local stack's by default. No error quotes a key. */
export async function eventHubTarget(
  flags: TargetFlags,
  env: NodeJS.ProcessEnv,
): Promise<{ connectionString: string; hub: string; address: string }> {
  const connectionString = connectionStringFrom(flags, env);
  const { endpoint, eventHubName } = await parse(connectionString);
  const { host, hostname } = new URL(endpoint);
  const isEmulator = /;\s*UseDevelopmentEmulator=true\s*(;|$)/.test(connectionString);
  if (isLoopback(hostname) && !isEmulator) {
    throw usageError(
      'A connection string for this machine needs UseDevelopmentEmulator=true: there is no TLS here.',
    );
  }
  if (!isLoopback(hostname) && isEmulator) {
    throw usageError(
      'UseDevelopmentEmulator=true sends the key without TLS: it is for connection strings of this machine only.',
    );
  }
  const hub = flags.hub ?? eventHubName ?? (env.EVENT_HUB_NAME || LOCAL_EVENT_HUB);
  if (eventHubName !== undefined && hub !== eventHubName) {
    throw usageError(`The connection string is for the hub ${eventHubName}, and --hub names ${hub}.`);
  }
  return { connectionString, hub, address: `sb://${host}/${hub}` };
}

function connectionStringFrom({ connectionString }: TargetFlags, env: NodeJS.ProcessEnv): string {
  if (connectionString === '') throw usageError('--connection-string is empty.');
  const given = connectionString ?? (env.EventHubConnection || undefined);
  if (given !== undefined) return given;
  if (env.EventHubConnection__fullyQualifiedNamespace) {
    throw usageError(
      'EventHubConnection__fullyQualifiedNamespace is set, but sending needs a connection string: ' +
        'set EventHubConnection or pass --connection-string.',
    );
  }
  return localEventHubsConnectionString();
}

async function parse(connectionString: string): Promise<EventHubConnectionStringProperties> {
  const { parseEventHubConnectionString } = await import('@azure/event-hubs');
  try {
    const parsed = parseEventHubConnectionString(connectionString);
    if (URL.canParse(parsed.endpoint) && (parsed.sharedAccessKey || parsed.sharedAccessSignature))
      return parsed;
  } catch {
    // Without `cause`: its message may quote the value.
  }
  throw usageError(
    'The connection string is not one of Event Hubs: expected Endpoint=sb://…;SharedAccessKeyName=…;SharedAccessKey=….',
  );
}

import type { EventHubConnectionStringProperties, EventHubProducerClient } from '@azure/event-hubs';
import { LOCAL_EVENT_HUB, localEventHubsConnectionString } from '../../local/local-event-hub.ts';
import { isLoopback } from '../../src/settings/loopback.ts';
import { usageError } from '../common/command-error.ts';
import { createBrokerSender } from './broker-sender.ts';
import type { Sender } from './sender.ts';

type EventHubFlags = { connectionString?: string | undefined; hub?: string | undefined };

/** The hub to send to; `address` names it without its key. */
export type EventHubTarget = { connectionString: string; hub: string; address: string };

/** Puts a target together from flags and environment; the local stack's hub by default. No error quotes a key. */
export async function eventHubTargetFrom(
  flags: EventHubFlags,
  env: NodeJS.ProcessEnv,
): Promise<EventHubTarget> {
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

function connectionStringFrom(flags: EventHubFlags, env: NodeJS.ProcessEnv): string {
  if (flags.connectionString === '') throw usageError('--connection-string is empty.');
  const given = flags.connectionString ?? (env.EventHubConnection || undefined);
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

export type EventHubSenderOptions = {
  connectionString: string;
  hub: string;
  /** The type of payloads that come without an envelope. */
  messageType: string;
  /** False spreads the events over all partitions, instead of keeping those of one product in one. */
  keyed?: boolean;
  timeoutMs?: number;
};

/** A lost connection is tried again at once; a wrong address is soon told. */
const RETRY_OPTIONS = { maxRetries: 1, retryDelayInMs: 200, timeoutInMs: 5_000 };

/** Event Hubs takes no longer partition keys. */
const MAX_KEY_LENGTH = 128;

/** Errors of the hub, or of our access to it. */
const LASTING = {
  MessagingEntityNotFoundError: 'there is no such hub',
  MessagingEntityDisabledError: 'the hub is disabled',
  UnauthorizedError: 'the key is refused, or has no right to send',
};

const PASSING = {
  MessageTooLargeError: 'larger than the hub takes',
  ServerBusyError: 'the hub is too busy',
};

/** Sends messages as OrderCloud's Event Hubs delivery does: one event each. */
export function createEventHubSender({
  connectionString,
  hub,
  keyed = true,
  ...options
}: EventHubSenderOptions): Sender {
  let producer: Promise<EventHubProducerClient> | undefined;
  return createBrokerSender(
    {
      async publish({ event, productId }, abortSignal) {
        producer ??= createProducer(connectionString, hub);
        // What is cut off only lets two products share a partition.
        const partitionKey = productId?.slice(0, MAX_KEY_LENGTH).toWellFormed();
        const key = keyed && partitionKey !== undefined && { partitionKey };
        await (await producer).sendBatch([event], { ...key, abortSignal });
      },
      close: async () => (await producer)?.close(),
      lasting: LASTING,
      passing: PASSING,
      isLost: true,
    },
    options,
  );
}

/** The SDK is loaded only where it is used: that takes longer than sending a file. */
async function createProducer(connectionString: string, hub: string): Promise<EventHubProducerClient> {
  const { EventHubProducerClient } = await import('@azure/event-hubs');
  return new EventHubProducerClient(connectionString, hub, { retryOptions: RETRY_OPTIONS });
}

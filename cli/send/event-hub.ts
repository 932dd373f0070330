import type { EventHubConnectionStringProperties, EventHubProducerClient } from '@azure/event-hubs';
import { LOCAL_EVENT_HUB, localEventHubsConnectionString } from '../../local/local-event-hub.ts';
import { usageError } from '../common/command-error.ts';
import { isLoopback } from '../common/url.ts';
import { toEvent } from './envelope.ts';
import { type MessageToSend, NOTHING_TOLD, type Sender, type SendResult } from './sender.ts';
import { UNREACHABLE } from './webhook-sender.ts';

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

/** For the whole of an event; the SDK alone would wait a minute for a connection. */
const TIMEOUT_MS = 15_000;

/** A lost connection is tried again at once; a wrong address is soon told. */
const RETRY_OPTIONS = { maxRetries: 1, retryDelayInMs: 200, timeoutInMs: 5_000 };

/** Event Hubs takes no longer partition keys. */
const MAX_KEY_LENGTH = 128;

/** Sends messages as OrderCloud's Event Hubs delivery does: one event each. What becomes of them it cannot know. */
export function createEventHubSender(options: EventHubSenderOptions): Sender {
  const { messageType, keyed = true, timeoutMs = TIMEOUT_MS } = options;
  const underWay = new Set<AbortController>();
  let producer: Promise<EventHubProducerClient> | undefined;
  let isFirst = true;
  let isClosed = false;

  return {
    async send({ source, body }: MessageToSend): Promise<SendResult> {
      const { event, productId } = toEvent(body, messageType);
      const result = { ...NOTHING_TOLD, source, productId };
      const abort = new AbortController();
      const timer = setTimeout(() => abort.abort(), timeoutMs);
      underWay.add(abort);
      const start = performance.now();
      try {
        producer ??= createProducer(options);
        const partitionKey = keyed && productId !== null ? keyOf(productId) : undefined;
        await (await producer).sendBatch([event], {
          ...(partitionKey !== undefined && { partitionKey }),
          abortSignal: abort.signal,
        });
        isFirst = false;
        return { ...result, ok: true, outcome: 'sent', milliseconds: since(start) };
      } catch (error) {
        const cause = abort.signal.aborted && !isClosed ? TIMED_OUT : error;
        const failure = describeSendFailure(cause, { isFirst, timeoutMs });
        return { ...result, ...failure, milliseconds: since(start) };
      } finally {
        clearTimeout(timer);
        underWay.delete(abort);
      }
    },
    async close() {
      isClosed = true;
      for (const abort of underWay) abort.abort();
      await (await producer)?.close();
    },
  };
}

const TIMED_OUT = new DOMException('', 'TimeoutError');

/** The SDK is loaded only where it is used: that takes longer than sending a file. */
async function createProducer({
  connectionString,
  hub,
}: EventHubSenderOptions): Promise<EventHubProducerClient> {
  const { EventHubProducerClient } = await import('@azure/event-hubs');
  return new EventHubProducerClient(connectionString, hub, { retryOptions: RETRY_OPTIONS });
}

/** What is cut off only lets two products share a partition. */
function keyOf(productId: string): string {
  return productId.slice(0, MAX_KEY_LENGTH).toWellFormed();
}

function since(start: number): number {
  return Math.round((performance.now() - start) * 100) / 100;
}

/** What the SDK calls faults of the hub, or of our access to it: every other event would meet them as well. */
const HUB_FAULTS: Readonly<Record<string, string>> = {
  MessagingEntityNotFoundError: 'there is no such hub',
  MessagingEntityDisabledError: 'the hub is disabled',
  UnauthorizedError: 'the key is refused, or has no right to send',
};

/** What the next event need not meet. */
const PASSING_FAULTS: Readonly<Record<string, string>> = {
  MessageTooLargeError: 'larger than the hub takes',
  ServerBusyError: 'the hub is too busy',
};

/**
 * Says in a few words why the SDK could not publish an event. Before any has been accepted, what is not known to pass
 * is taken to stand in the way of all: an address can be wrong in many ways.
 */
function describeSendFailure(
  error: unknown,
  { isFirst, timeoutMs }: { isFirst: boolean; timeoutMs: number },
): { error: string; unreachable: boolean } {
  const fault = lastOf(error);
  if (fault instanceof DOMException && fault.name === 'TimeoutError') {
    return { error: `no answer within ${timeoutMs / 1000} s`, unreachable: isFirst };
  }
  if (fault instanceof Error && fault.name === 'AbortError') {
    return { error: 'interrupted before the hub had taken it', unreachable: false };
  }
  const code = codeOf(fault);
  const lasting = UNREACHABLE[code] ?? HUB_FAULTS[code];
  if (lasting !== undefined) return { error: lasting, unreachable: true };
  const passing = PASSING_FAULTS[code];
  if (passing !== undefined) return { error: passing, unreachable: false };
  // The SDK gives no code where it got no connection at all.
  return { error: wordsOf(fault, code), unreachable: isFirst || code === '' };
}

/** The SDK gathers the failures of all its attempts. */
function lastOf(error: unknown): unknown {
  return error instanceof AggregateError ? lastOf(error.errors.at(-1)) : error;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** The messages come from the service or the network, and hold no key. */
function wordsOf(error: unknown, code: string): string {
  const message = error instanceof Error ? error.message : '';
  const words = [code, message].filter((part) => part !== '').join(': ');
  return `sending failed (${words || 'no reason given'})`;
}

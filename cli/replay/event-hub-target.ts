import type { EventHubConnectionStringProperties } from '@azure/event-hubs';
import { LOCAL_EVENT_HUB, localEventHubsConnectionString } from '../../local/local-event-hub.ts';
import { isLoopback } from '../common/url.ts';
import { misuse } from './target.ts';

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
    throw misuse(
      'A connection string for this machine needs UseDevelopmentEmulator=true: there is no TLS here.',
    );
  }
  if (!isLoopback(hostname) && isEmulator) {
    throw misuse(
      'UseDevelopmentEmulator=true sends the key without TLS: it is for connection strings of this machine only.',
    );
  }
  const hub = flags.hub ?? eventHubName ?? (env.EVENT_HUB_NAME || LOCAL_EVENT_HUB);
  if (eventHubName !== undefined && hub !== eventHubName) {
    throw misuse(`The connection string is for the hub ${eventHubName}, and --hub names ${hub}.`);
  }
  return { connectionString, hub, address: `sb://${host}/${hub}` };
}

function connectionStringFrom(flags: EventHubFlags, env: NodeJS.ProcessEnv): string {
  if (flags.connectionString === '') throw misuse('--connection-string is empty.');
  const given = flags.connectionString ?? (env.EventHubConnection || undefined);
  if (given !== undefined) return given;
  if (env.EventHubConnection__fullyQualifiedNamespace) {
    throw misuse(
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
  throw misuse(
    'The connection string is not one of Event Hubs: expected Endpoint=sb://…;SharedAccessKeyName=…;SharedAccessKey=….',
  );
}

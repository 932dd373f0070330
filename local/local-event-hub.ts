import { connectionStringFor } from './event-hubs/shared-access-signature.ts';

/** Port of the local stack's Event Hubs: that of AMQP, as with Microsoft's emulator. */
export const LOCAL_EVENT_HUBS_PORT = 5672;

/** The one hub of the local stack, under the name that the app looks for by default. */
export const LOCAL_EVENT_HUB = 'products';

/**
 * The connection string of the local stack's Event Hubs. Its key is the same on every machine and at every start, so that
 * a second terminal needs no settings. It protects only a laptop's own loopback.
 */
export function localEventHubsConnectionString(port: number = LOCAL_EVENT_HUBS_PORT): string {
  return connectionStringFor(`127.0.0.1:${port}`);
}

/** Whether a connection string names the Event Hubs of a local stack. */
export function isLocalNamespace(connectionString: string): boolean {
  const key = /;SharedAccessKey=[^;]+/.exec(localEventHubsConnectionString())?.[0] ?? '';
  return connectionString.includes(key);
}

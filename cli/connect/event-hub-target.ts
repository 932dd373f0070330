import { usageError } from '../common/command-error.ts';
import { givenSecret, isSameDestination, type TargetSources, type WantedTarget } from './target.ts';

export type EventHubFlags = { hub?: string; newConnectionString?: true };

const VARIABLE = 'ORDERCLOUD_EVENT_HUB_CONNECTION_STRING';

/** The Event Hub that the app reads. */
export async function eventHubTarget(flags: EventHubFlags, sources: TargetSources): Promise<WantedTarget> {
  const { given, present } = sources;
  const keptHub = flags.hub ?? given.EVENT_HUB_NAME;
  const isSame = isSameDestination('EventHub', present, { EventHubName: keptHub });
  const isKept = isSame && given[VARIABLE] === undefined && !flags.newConnectionString;
  const connection = isKept
    ? null
    : await givenSecret(sources, {
        variable: VARIABLE,
        question: 'Connection string with the right to send, and no other',
      });
  const parts = connection === null || connection.value === '' ? null : partsOf(connection.value);
  const hub =
    flags.hub ?? parts?.EntityPath ?? given.EVENT_HUB_NAME ?? textOf(present?.EventHubName) ?? 'products';
  if (parts?.EntityPath !== undefined && parts.EntityPath !== hub) {
    throw usageError(`The connection string is for the hub "${parts.EntityPath}", and --hub names another.`);
  }
  return {
    name: 'EventHub',
    values: { EventHubName: hub, ...(connection && { ConnectionString: connection.value }) },
    origins: { ConnectionString: connection?.origin ?? 'kept' },
    notes: [
      ...(connection?.notes ?? []),
      ...(isKept ? ['The connection string stays as it is in OrderCloud.'] : []),
      ...(parts?.SharedAccessKeyName === 'RootManageSharedAccessKey'
        ? [
            'The connection string may do everything in the namespace. Better one of a rule that may only send.',
          ]
        : []),
    ],
  };
}

function partsOf(connectionString: string): Record<string, string> {
  const parts = Object.fromEntries(
    connectionString.split(';').map((part) => {
      const at = part.indexOf('=');
      return [part.slice(0, at).trim(), part.slice(at + 1).trim()];
    }),
  );
  if (!/^sb:\/\/[^/]+/i.test(parts.Endpoint ?? '') || !parts.SharedAccessKeyName || !parts.SharedAccessKey) {
    throw usageError(`${VARIABLE} must hold Endpoint=sb://…, SharedAccessKeyName=… and SharedAccessKey=….`);
  }
  return parts;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

import { z } from 'zod';
import type { Variables } from '../settings.ts';
import { StartError } from '../start-error.ts';
import { readBinding } from './read-binding.ts';
import type { Binding } from './rpc.ts';

/** Where a function's events come from, and what gives access to them. */
export type EventHubSource = {
  hub: string;
  consumerGroup: string;
  access: { connectionString: string } | { fullyQualifiedNamespace: string };
};

const BINDING = z.object({
  eventHubName: z.string().min(1),
  connection: z.string().min(1),
  consumerGroup: z.string().min(1).default('$Default'),
  cardinality: z.literal('many'),
  dataType: z.literal('binary'),
});

/**
 * Resolves what an `eventHubTrigger` names, by the settings that it refers to.
 * @throws StartError if this host cannot feed such a function
 */
export function toEventHubSource(trigger: Binding, env: Variables): EventHubSource {
  const { eventHubName, connection, consumerGroup } = readBinding(trigger, BINDING, env);
  const access = accessBy(connection, env);
  // As in Azure, a hub in the connection string wins.
  const named = 'connectionString' in access ? hubIn(access.connectionString) : undefined;
  return { hub: named ?? eventHubName, consumerGroup, access };
}

/** `connection` is the name of a setting, or the prefix of several, never a connection string. */
function accessBy(connection: string, env: Variables): EventHubSource['access'] {
  const connectionString = env[connection];
  if (connectionString) return { connectionString };
  const fullyQualifiedNamespace = env[`${connection}__fullyQualifiedNamespace`];
  if (fullyQualifiedNamespace) return { fullyQualifiedNamespace };
  if (/endpoint=/i.test(connection)) {
    throw new StartError(
      '`connection` holds a connection string: it takes the name of the setting that does.',
    );
  }
  throw new StartError(
    `Neither the setting ${connection} nor ${connection}__fullyQualifiedNamespace is set.`,
  );
}

/** The hub that a connection string is for; undefined for one of a whole namespace. */
export function hubIn(connectionString: string): string | undefined {
  return /(?:^|;)\s*EntityPath\s*=\s*([^;\s]+)/i.exec(connectionString)?.[1];
}

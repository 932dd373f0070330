import { z } from 'zod';
import type { Variables } from '../environment.ts';
import { StartError } from '../start-error.ts';
import { resolveSettings } from './setting-references.ts';
import type { WorkerFunction } from './worker.ts';

/** Where a function's events come from, and with which rights. */
export type EventHubSource = {
  hub: string;
  consumerGroup: string;
  access:
    | { kind: 'connectionString'; connectionString: string }
    | { kind: 'identity'; fullyQualifiedNamespace: string };
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
export function toEventHubSource({ trigger }: WorkerFunction, env: Variables): EventHubSource {
  const parsed = BINDING.safeParse(trigger);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new StartError(
      `This host feeds batches of bytes (cardinality: 'many', dataType: 'binary'); ${issue?.path.join('.')}: ${issue?.message}.`,
    );
  }
  const { eventHubName, connection, consumerGroup } = parsed.data;
  const access = findAccess(resolveSettings(connection, env), env);
  return {
    // As in Azure, a hub in the connection string wins.
    hub:
      (access.kind === 'connectionString' ? hubIn(access.connectionString) : undefined) ??
      resolveSettings(eventHubName, env),
    consumerGroup: resolveSettings(consumerGroup, env),
    access,
  };
}

/** `connection` is the name of a setting, or the prefix of several, never a connection string. */
function findAccess(connection: string, env: Variables): EventHubSource['access'] {
  const connectionString = env[connection];
  if (connectionString) return { kind: 'connectionString', connectionString };
  const fullyQualifiedNamespace = env[`${connection}__fullyQualifiedNamespace`];
  if (fullyQualifiedNamespace) return { kind: 'identity', fullyQualifiedNamespace };
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

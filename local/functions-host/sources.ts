import { z } from 'zod';
import type { KafkaAccess } from '../kafka-client.ts';
import type { Variables } from '../settings.ts';
import { StartError } from '../start-error.ts';
import type { Binding } from './rpc.ts';

/** Where a function's events come from, and what gives access to them. */
export type EventHubSource = {
  hub: string;
  consumerGroup: string;
  access: { connectionString: string } | { fullyQualifiedNamespace: string };
};

const EVENT_HUB_BINDING = z.object({
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
  const { eventHubName, connection, consumerGroup } = readBinding(trigger, EVENT_HUB_BINDING, env);
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

/** Where a function's records come from, and which user reads them. */
export type KafkaSource = KafkaAccess & { topic: string; consumerGroup: string };

const KAFKA_BINDING = z.object({
  brokerList: z.string().min(1),
  topic: z.string().min(1),
  consumerGroup: z.string().min(1).default('$Default'),
  protocol: z.string().optional(),
  authenticationMode: z.string().optional(),
  username: z.string().optional(),
  password: z.string().optional(),
  cardinality: z.string().regex(/^many$/i, 'must be MANY'),
  dataType: z.literal('string'),
});

/**
 * Resolves what a `kafkaTrigger` names, by the settings that it refers to.
 * @throws StartError if this host cannot feed such a function
 */
export function toKafkaSource(trigger: Binding, env: Variables): KafkaSource {
  const binding = readBinding(trigger, KAFKA_BINDING, env);
  const { brokerList, topic, consumerGroup } = binding;
  return { brokers: brokerList.split(','), topic, consumerGroup, user: userIn(binding) };
}

function userIn(binding: z.infer<typeof KAFKA_BINDING>): KafkaSource['user'] {
  const { protocol, authenticationMode, username, password } = binding;
  if (protocol === undefined && authenticationMode === undefined) return undefined;
  const isKnown = /^saslssl$/i.test(protocol ?? '') && /^plain$/i.test(authenticationMode ?? '');
  if (isKnown && username !== undefined && password !== undefined) return { username, password };
  throw new StartError(
    "This host signs in by protocol: 'SaslSsl' and authenticationMode: 'Plain', with username and password, or not at all.",
  );
}

/**
 * Reads a trigger's binding, in which `%NAME%` stands for the setting of that name.
 * @throws StartError if a setting is missing, or if this host cannot feed such a function
 */
function readBinding<Schema extends z.ZodType>(
  trigger: Binding,
  schema: Schema,
  env: Variables,
): z.infer<Schema> {
  const resolved = Object.entries(trigger).map(([name, value]) => [
    name,
    typeof value === 'string' ? resolveSettings(value, env) : value,
  ]);
  const parsed = schema.safeParse(Object.fromEntries(resolved));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new StartError(`This host cannot feed it. Its ${issue?.path.join('.')}: ${issue?.message}.`);
}

function resolveSettings(text: string, env: Variables): string {
  return text.replace(/%([^%]+)%/g, (_, name: string) => {
    const value = env[name];
    if (value) return value;
    throw new StartError(`The setting ${name} is not set.`);
  });
}

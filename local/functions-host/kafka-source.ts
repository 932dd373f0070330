import { z } from 'zod';
import type { KafkaAccess } from '../kafka-client.ts';
import type { Variables } from '../settings.ts';
import { StartError } from '../start-error.ts';
import { readBinding } from './read-binding.ts';
import type { Binding } from './rpc.ts';

/** Where a function's records come from, and which user reads them. */
export type KafkaSource = KafkaAccess & { topic: string; consumerGroup: string };

const BINDING = z.object({
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
  const binding = readBinding(trigger, BINDING, env);
  const { brokerList, topic, consumerGroup } = binding;
  return { brokers: brokerList.split(','), topic, consumerGroup, user: userIn(binding) };
}

function userIn(binding: z.infer<typeof BINDING>): KafkaSource['user'] {
  const { protocol, authenticationMode, username, password } = binding;
  if (protocol === undefined && authenticationMode === undefined) return undefined;
  const isKnown = /^saslssl$/i.test(protocol ?? '') && /^plain$/i.test(authenticationMode ?? '');
  if (isKnown && username !== undefined && password !== undefined) return { username, password };
  throw new StartError(
    "This host signs in by protocol: 'SaslSsl' and authenticationMode: 'Plain', with username and password, or not at all.",
  );
}

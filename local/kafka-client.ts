import { Kafka, type KafkaConfig, logLevel } from 'kafkajs';

/** Where a Kafka is, and how to log in: by SASL PLAIN over TLS, or not at all, in plain text. */
export type KafkaAccess = {
  brokers: string[];
  user: { username: string; password: string } | undefined;
};

/** Makes the client, silent: what matters of its log comes as errors. */
export function createKafkaClient(
  { brokers, user }: KafkaAccess,
  options: Pick<KafkaConfig, 'clientId' | 'retry' | 'requestTimeout'>,
): Kafka {
  quietTimers();
  return new Kafka({
    brokers,
    logLevel: logLevel.NOTHING,
    ...(user && { ssl: true, sasl: { mechanism: 'plain', ...user } }),
    ...options,
  });
}

let areTimersQuiet = false;

/** The client sets timers in the past, which does no harm; Node 24 warns about them. */
function quietTimers(): void {
  if (areTimersQuiet) return;
  areTimersQuiet = true;
  const emitWarning = process.emitWarning;
  process.emitWarning = (...args: unknown[]) => {
    if (args[1] !== 'TimeoutNegativeWarning') Reflect.apply(emitWarning, process, args);
  };
}

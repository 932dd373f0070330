import { UNREACHABLE } from './no-answer.ts';

/** What Kafka's protocol calls faults that every other record would meet as well. */
const LASTING: Readonly<Record<string, string>> = {
  UNKNOWN_TOPIC_OR_PARTITION: 'there is no such topic',
  INVALID_TOPIC_EXCEPTION: 'the topic has a name that Kafka does not take',
  TOPIC_AUTHORIZATION_FAILED: 'the user has no right to write to the topic',
  CLUSTER_AUTHORIZATION_FAILED: 'the user has no right to write',
  SASL_AUTHENTICATION_FAILED: 'the user or the password is refused',
};

/** What the next record need not meet. */
const PASSING: Readonly<Record<string, string>> = { MESSAGE_TOO_LARGE: 'larger than the broker takes' };

/** Says in a few words why the client could not send a record. */
export function describeKafkaFailure(
  error: unknown,
  { isFirst }: { isFirst: boolean },
): { error: string; unreachable: boolean } {
  const chain = causesOf(error);
  for (const { type, code, message, name } of chain) {
    // The network's own code is only in the words.
    const network = code ?? /\b(E[A-Z_]{4,})\b/.exec(message)?.[1] ?? '';
    const lasting = UNREACHABLE[network] ?? LASTING[type ?? ''];
    if (lasting !== undefined) return { error: lasting, unreachable: true };
    const passing = PASSING[type ?? ''];
    if (passing !== undefined) return { error: passing, unreachable: false };
    if (name === 'KafkaJSSASLAuthenticationError') {
      return { error: 'the user or the password is refused', unreachable: true };
    }
    if (/timed? ?out/i.test(message)) return { error: 'no answer in time', unreachable: isFirst };
  }
  const words = chain.at(-1)?.message;
  return { error: `sending failed (${words || 'no reason given'})`, unreachable: isFirst };
}

type Fault = { type?: string; code?: string; message: string; name: string };

/** The client wraps what happened, sometimes more than once; the outermost first. */
function causesOf(error: unknown): Fault[] {
  if (!(error instanceof Error)) return [];
  const { type, code } = error as { type?: unknown; code?: unknown };
  const fault: Fault = {
    name: error.name,
    message: error.message,
    ...(typeof type === 'string' && { type }),
    ...(typeof code === 'string' && { code }),
  };
  return [fault, ...causesOf(error.cause)];
}

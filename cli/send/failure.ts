/** What stands in the way of every message, by the codes of the network, of Event Hubs and of Kafka's protocol. */
const LASTING: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'the host name cannot be looked up',
  EHOSTUNREACH: 'no way to the host',
  ENETUNREACH: 'no way to the network',
  UND_ERR_CONNECT_TIMEOUT: 'no connection within 10 s',
  MessagingEntityNotFoundError: 'there is no such hub',
  MessagingEntityDisabledError: 'the hub is disabled',
  UnauthorizedError: 'the key is refused, or has no right to send',
  UNKNOWN_TOPIC_OR_PARTITION: 'there is no such topic',
  INVALID_TOPIC_EXCEPTION: 'the topic has a name that Kafka does not take',
  TOPIC_AUTHORIZATION_FAILED: 'the user has no right to write to the topic',
  CLUSTER_AUTHORIZATION_FAILED: 'the user has no right to write',
  SASL_AUTHENTICATION_FAILED: 'the user or the password is refused',
  KafkaJSSASLAuthenticationError: 'the user or the password is refused',
};

/** What the next message need not meet. */
const PASSING: Readonly<Record<string, string>> = {
  AbortError: 'interrupted before the answer came',
  MessageTooLargeError: 'larger than the hub takes',
  ServerBusyError: 'the hub is too busy',
  MESSAGE_TOO_LARGE: 'larger than the broker takes',
};

/** Why a message was not sent, in a few words, and whether every other message would fail the same way. */
export function failureOf(failure: unknown, isBroker: boolean): { error: string; unreachable: boolean } {
  const causes = causesOf(failure);
  for (const { message, codes } of causes) {
    if (codes.includes('TimeoutError') || /timed? ?out/i.test(message)) {
      return { error: 'no answer in time', unreachable: isBroker };
    }
    for (const code of codes) {
      if (LASTING[code] !== undefined) return { error: LASTING[code], unreachable: true };
      if (PASSING[code] !== undefined) return { error: PASSING[code], unreachable: false };
    }
  }
  const { message = 'no reason given', codes: [code = 'Error'] = [] } = causes.at(-1) ?? {};
  const words = code === 'Error' ? message : `${code}: ${message}`;
  return { error: `sending failed (${words})`, unreachable: isBroker };
}

type Cause = { message: string; codes: string[] };

/** The error itself first. Messages come from the service or the network, and hold no key. */
function causesOf(error: unknown): Cause[] {
  if (error instanceof AggregateError && error.errors.length > 0) return causesOf(error.errors.at(-1));
  if (!(error instanceof Error)) return [];
  const { name, message } = error;
  const { code, type } = error as { code?: unknown; type?: unknown };
  // Some clients have the network's code in the words only.
  const inWords = /\b(E[A-Z_]{4,})\b/.exec(message)?.[1];
  const codes = [code, type, inWords, name].filter((each) => typeof each === 'string');
  return [{ message, codes }, ...causesOf(error.cause)];
}

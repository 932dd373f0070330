import { z } from 'zod';
import { untilAborted } from '../../src/until-aborted.ts';

/** One message to send. */
export type MessageToSend = {
  /** Where it came from, for people: `samples/a.json`, `batch.json[3]`, `export.ndjson:12`. */
  source: string;
  /** The exact bytes to send. */
  body: Buffer;
  /** The type that stood beside it, if it was captured from a hub. */
  type?: string;
};

/** A text that may be missing in an answer. */
export const Text = z.string().nullable().catch(null);

/** What a receiver says about a message that it refuses (`application/problem+json`, RFC 9457). */
export const Problem = z.object({
  title: Text,
  detail: Text,
  /** The receiver's code, for instance `invalid-message`. */
  reason: Text,
  issues: z.array(z.object({ path: z.string(), expected: z.string(), found: z.string() })).catch([]),
  deadLetterId: Text,
});
export type Problem = z.infer<typeof Problem>;

/** What became of one message. */
export type SendResult = {
  source: string;
  ok: boolean;
  /** HTTP status; null when there was no answer, or the transport knows none. */
  status: number | null;
  /** `created`, `updated`, …; null when it failed or the receiver does not say. */
  outcome: string | null;
  problem: Problem | null;
  /** Why there was no answer. */
  error: string | null;
  /** Every other message would fail the same way. */
  unreachable: boolean;
};

/** A way to the receiver: by webhook, Event Hub or Kafka. */
export type Transport = {
  /** For people, without keys. */
  address: string;
  /** What to do where nothing listens there. */
  whenRefused: string;
  /** A broker reads no message, so what fails there would fail for all. */
  isBroker: boolean;
  timeoutMs: number;
  /** Sends one message. @throws when there is no answer */
  send(message: MessageToSend, signal: AbortSignal): Promise<Partial<SendResult>>;
  close?(): Promise<unknown>;
};

/** Sends a message and returns what became of it, failures too. Aborting `giveUp` ends the wait for an answer. */
export async function sendMessage(
  transport: Transport,
  message: MessageToSend,
  giveUp: AbortSignal,
): Promise<SendResult> {
  const signal = AbortSignal.any([giveUp, AbortSignal.timeout(transport.timeoutMs)]);
  const answer = await untilAborted(transport.send(message, signal), signal).catch((error: unknown) =>
    failureOf(error, transport.isBroker),
  );
  return {
    source: message.source,
    ok: false,
    status: null,
    outcome: null,
    problem: null,
    error: null,
    unreachable: false,
    ...answer,
  };
}

/** Failures that every message would meet, by the codes of the network, of Event Hubs and of Kafka's protocol. */
const LASTING: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'the host name cannot be looked up',
  EHOSTUNREACH: 'no way to the host',
  ENETUNREACH: 'no way to the network',
  UND_ERR_CONNECT_TIMEOUT: 'no connection within 10 s',
  MessagingEntityNotFoundError: 'there is no such hub',
  UnauthorizedError: 'the key is refused, or has no right to send',
  UNKNOWN_TOPIC_OR_PARTITION: 'there is no such topic',
  TOPIC_AUTHORIZATION_FAILED: 'the user has no right to write to the topic',
  SASL_AUTHENTICATION_FAILED: 'the user or the password is refused',
  KafkaJSSASLAuthenticationError: 'the user or the password is refused',
};

/** Failures that the next message may not meet. */
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
  // Some clients give the network's code in the message only.
  const inWords = /\b(E[A-Z_]{4,})\b/.exec(message)?.[1];
  const codes = [code, type, inWords, name].filter((each) => typeof each === 'string');
  return [{ message, codes }, ...causesOf(error.cause)];
}

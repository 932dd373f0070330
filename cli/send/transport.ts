import { z } from 'zod';
import { untilAborted } from '../../src/until-aborted.ts';
import { sleep } from '../common/wait.ts';
import { failureOf } from './failure.ts';

/** One message to send. */
export type MessageToSend = {
  /** Where it came from, for people: `samples/a.json`, `batch.json[3]`, `export.ndjson:12`. */
  source: string;
  /** The exact bytes to send. */
  body: Uint8Array;
  /** The type that stood beside it, if it was captured from a hub. */
  type?: string;
};

/** A text that an answer may lack. */
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
  /** `created`, `updated`, …; null when it failed or the receiver does not tell. */
  outcome: string | null;
  productId: string | null;
  problem: Problem | null;
  /** Why there was no answer. */
  error: string | null;
  /** Every other message would fail the same way. */
  unreachable: boolean;
  /** How long a receiver that is too busy asks to wait. */
  retryAfterSeconds: number | null;
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
  /** How often a message is sent in all while the receiver is too busy (503); 1. */
  attempts?: number;
  /** Sends one message. @throws when there is no answer */
  send(message: MessageToSend, signal: AbortSignal): Promise<Partial<SendResult>>;
  close?(): Promise<unknown>;
};

/** The wait when a receiver names none, and the longest one that is obeyed. */
const DEFAULT_WAIT_SECONDS = 1;
const MAX_WAIT_SECONDS = 60;

/** Sends a message, and says what became of it: it throws no failure. Aborting `giveUp` ends the wait for an answer. */
export async function sendMessage(
  transport: Transport,
  message: MessageToSend,
  giveUp: AbortSignal,
): Promise<SendResult> {
  const { attempts = 1 } = transport;
  let result = await sendOnce(transport, message, giveUp);
  for (let attempt = 1; attempt < attempts && result.status === 503; attempt += 1) {
    const seconds = Math.min(result.retryAfterSeconds ?? DEFAULT_WAIT_SECONDS, MAX_WAIT_SECONDS);
    await sleep(seconds * 1000, giveUp);
    if (giveUp.aborted) break;
    result = await sendOnce(transport, message, giveUp);
  }
  return result;
}

async function sendOnce(
  transport: Transport,
  message: MessageToSend,
  giveUp: AbortSignal,
): Promise<SendResult> {
  // Not AbortSignal.any: on Node 20 each one stays attached to `giveUp`, which lives as long as the run.
  const abort = new AbortController();
  const onGiveUp = () => abort.abort();
  giveUp.addEventListener('abort', onGiveUp);
  const timer = setTimeout(() => abort.abort(new DOMException('', 'TimeoutError')), transport.timeoutMs);
  const answer = await untilAborted(transport.send(message, abort.signal), abort.signal).catch(
    (error: unknown) => failureOf(error, transport.isBroker),
  );
  clearTimeout(timer);
  giveUp.removeEventListener('abort', onGiveUp);
  return {
    source: message.source,
    ok: false,
    status: null,
    outcome: null,
    productId: null,
    problem: null,
    error: null,
    unreachable: false,
    retryAfterSeconds: null,
    ...answer,
  };
}

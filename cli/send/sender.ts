/** One message to send. */
export type MessageToSend = {
  /** Where it came from, for people: `samples/a.json`, `batch.json[3]`, `export.ndjson:12`. */
  source: string;
  /** The exact bytes to send. */
  body: Uint8Array;
};

/** What a receiver says about a message that it refuses (`application/problem+json`). */
export type Problem = {
  title: string | null;
  detail: string | null;
  /** The receiver's code, for instance `invalid-message`. */
  reason: string | null;
  issues: { path: string; expected: string; found: string }[];
  deadLetterId: string | null;
};

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
  /** From sending to the whole answer; of the last attempt, without waits between attempts. */
  milliseconds: number;
  /** Why there was no answer. */
  error: string | null;
  /** Nothing can be reached at the target, so that every other message would fail the same way. */
  unreachable: boolean;
  /** How long a receiver that is too busy asks to wait. */
  retryAfterSeconds: number | null;
};

/** A transport. Failures come as results; what is thrown is a defect. */
export type Sender = {
  send(message: MessageToSend): Promise<SendResult>;
  /** Gives up whatever is under way, and releases connections. */
  close(): Promise<void>;
};

/** The parts of a result of which a broker tells nothing. */
export const NOTHING_TOLD = {
  ok: false,
  status: null,
  outcome: null,
  problem: null,
  error: null,
  unreachable: false,
  retryAfterSeconds: null,
} as const;

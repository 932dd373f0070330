import { untilInterrupted } from '../common/wait.ts';

/** One message to send. */
export type MessageToSend = {
  /** Where it came from, for people: `samples/a.json`, `batch.json[3]`, `export.ndjson:12`. */
  source: string;
  /** The exact bytes to send. */
  body: Uint8Array;
  /** The type that stood beside it, if it was captured from a hub. */
  type?: string;
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

/** A result of which nothing is known yet. */
export function unsent({ source }: MessageToSend): SendResult {
  return {
    source,
    ok: false,
    status: null,
    outcome: null,
    productId: null,
    problem: null,
    milliseconds: 0,
    error: null,
    unreachable: false,
    retryAfterSeconds: null,
  };
}

/** Makes calls that end after a time limit, or when all of them are given up; what is under way goes on unheard. */
export function createCalls(timeoutMs: number) {
  const underWay = new Set<AbortController>();
  return {
    /** The milliseconds are counted from the call on. */
    async run(
      call: (signal: AbortSignal) => Promise<Partial<SendResult>>,
      describe: (error: unknown) => Failure,
    ): Promise<Partial<SendResult>> {
      // Not AbortSignal.any: on Node 20 each one stays attached to a signal that lives as long as the sender.
      const abort = new AbortController();
      const timer = setTimeout(() => abort.abort(new DOMException('', 'TimeoutError')), timeoutMs);
      underWay.add(abort);
      const start = performance.now();
      try {
        const answer = await untilInterrupted(call(abort.signal), abort.signal);
        return { ...answer, milliseconds: since(start) };
      } catch (error) {
        return { ...describe(error), milliseconds: since(start) };
      } finally {
        clearTimeout(timer);
        underWay.delete(abort);
      }
    },
    giveUp(): void {
      for (const abort of underWay) abort.abort();
    },
  };
}

function since(start: number): number {
  return Math.round((performance.now() - start) * 100) / 100;
}

/** Why a message was not sent, in a few words. */
export type Failure = Pick<SendResult, 'unreachable'> & { error: string };

/** Texts by error code. */
export type Codes = Readonly<Record<string, string>>;

/** Errors that every other message to the same address would meet as well. */
const UNREACHABLE: Codes = {
  ECONNREFUSED: 'connection refused',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'the host name cannot be looked up',
  EHOSTUNREACH: 'no way to the host',
  ENETUNREACH: 'no way to the network',
  UND_ERR_CONNECT_TIMEOUT: 'no connection within 10 s',
};

type FailureOptions = {
  timeoutMs: number;
  /** Whether a failure that is not known to pass stands in the way of all messages. */
  isLasting: boolean;
  /** Codes of the transport that every other message would meet as well. */
  lasting?: Codes;
  /** Codes that the next message need not meet. */
  passing?: Codes;
  /** Whether an error without a code means that there is no connection any more. */
  isLost?: boolean;
};

/** Says why a call failed, by the codes of its error and of the errors behind it. */
export function failureOf(
  error: unknown,
  { timeoutMs, isLasting, lasting = {}, passing = {}, isLost = false }: FailureOptions,
): Failure {
  const causes = causesOf(error);
  for (const { name, message, codes } of causes) {
    if (name === 'TimeoutError') {
      return { error: `no answer within ${timeoutMs / 1000} s`, unreachable: isLasting };
    }
    if (/timed? ?out/i.test(message)) return { error: 'no answer in time', unreachable: isLasting };
    if (name === 'AbortError') return { error: 'interrupted before the answer came', unreachable: false };
    for (const code of [...codes, name]) {
      const known = UNREACHABLE[code] ?? lasting[code];
      if (known !== undefined) return { error: known, unreachable: true };
      if (passing[code] !== undefined) return { error: passing[code], unreachable: false };
    }
  }
  const { codes: [code] = [], message = '' } = causes.at(-1) ?? {};
  const words = [code, message].filter(Boolean).join(': ') || 'no reason given';
  return { error: `sending failed (${words})`, unreachable: isLasting || (code === undefined && isLost) };
}

type Cause = { name: string; message: string; codes: string[] };

/** The error itself first. Messages come from the service or the network, and hold no key. */
function causesOf(error: unknown): Cause[] {
  if (error instanceof AggregateError && error.errors.length > 0) return causesOf(error.errors.at(-1));
  if (!(error instanceof Error)) return [];
  const { name, message } = error;
  const { code, type } = error as { code?: unknown; type?: unknown };
  // Some clients have the network's code in the words only.
  const inWords = /\b(E[A-Z_]{4,})\b/.exec(message)?.[1];
  const codes = [code, type, inWords].filter((each) => typeof each === 'string');
  return [{ name, message, codes }, ...causesOf(error.cause)];
}

/**
 * What went over the wire in one call of the SDK. Kept beside the SDK's own errors, because these lose the answer's
 * headers for some failures, and the whole answer for a "not found" without details.
 */
export type Exchange = {
  method: string;
  /** Below the base URL, without the query. */
  path: string;
  status: number | null;
  /** Names in lower case. */
  headers: Readonly<Record<string, string>>;
  body: unknown;
};

type AxiosConfig = { method?: string | undefined; url?: string | undefined };

/** Request options that axios takes from the SDK's, with what notes the answer into `exchange`. */
export function recordingOptions(exchange: Exchange): {
  transformResponse: (this: AxiosConfig, data: unknown, headers: unknown, status?: number) => unknown;
} {
  return {
    transformResponse(data, headers, status) {
      noteRequest(exchange, this);
      exchange.status = status ?? null;
      exchange.headers = flatHeaders(headers);
      exchange.body = parsed(data);
      return exchange.body;
    },
  };
}

/** Nothing sent yet. */
export function emptyExchange(): Exchange {
  return { method: 'GET', path: '/', status: null, headers: {}, body: undefined };
}

/** What an error of axios knows of the request. */
export function noteRequest(exchange: Exchange, { method, url }: AxiosConfig): void {
  if (method !== undefined) exchange.method = method.toUpperCase();
  if (url !== undefined && URL.canParse(url)) exchange.path = new URL(url).pathname;
}

function flatHeaders(headers: unknown): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
}

function parsed(data: unknown): unknown {
  if (typeof data !== 'string') return data;
  const text = data.replace(/^\uFEFF/, '');
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Tries in all of one call. */
const MAX_TRIES = 6;

/** A longer wait than this is not made in silence: the call fails, and the message says why. */
const MAX_WAIT_MS = 120_000;

const FIRST_WAIT_MS = 500;

/**
 * How long to wait before a failed call is made again; null to give up. A refusal for too many calls was not carried
 * out and can always be repeated; no answer, or OrderCloud's own failure, only where repeating does no harm.
 */
export function retryDelay(exchange: Exchange, tries: number, canRepeat: boolean): number | null {
  if (tries >= MAX_TRIES) return null;
  const { status } = exchange;
  if (status === 429 || status === 503) {
    if (status === 503 && !canRepeat) return null;
    const asked = retryAfterMs(exchange.headers['retry-after']);
    const wait = asked ?? backOff(tries);
    return wait > MAX_WAIT_MS ? null : wait;
  }
  const isFault = status === null || status === 408 || status >= 500;
  return isFault && canRepeat ? backOff(tries) : null;
}

/** Doubling, with up to a half taken off at random, so that several commands do not knock together. */
function backOff(tries: number): number {
  return FIRST_WAIT_MS * 2 ** (tries - 1) * (1 - Math.random() / 2);
}

function retryAfterMs(header: string | undefined): number | null {
  if (header === undefined) return null;
  if (/^\d+$/.test(header.trim())) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? null : Math.max(0, date - Date.now());
}

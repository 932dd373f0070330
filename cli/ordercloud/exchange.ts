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

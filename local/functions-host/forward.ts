import {
  type Agent,
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type ServerResponse,
} from 'node:http';
import { pipeline } from 'node:stream';

/** How an HTTP exchange ended; `problem` says why, if the app has not answered as it should. */
type Forwarded = {
  end: 'answered' | 'cut off' | 'client gone';
  status: number;
  /** The answer's body, or the beginning of it. */
  answer: Buffer;
  problem: string | undefined;
};

/** A request on its way through the app. */
export type Forwarding = {
  /** Settles when the exchange is over: without an answer never. Never rejects. */
  done: Promise<Forwarded>;
  /** Ends it without the app's answer: the client gets a 500, or is cut off if an answer had begun. */
  fail(problem: string): void;
};

type ForwardOptions = {
  req: IncomingMessage;
  res: ServerResponse;
  /** The request's body, if it has been read already. */
  body: Buffer | undefined;
  target: URL;
  invocationId: string;
  agent: Agent;
};

/** So much of an answer is kept to be looked at. */
const KEPT_BYTES = 64 * 1024;

/** The header that tells the library which invocation a request belongs to. */
const INVOCATION_ID = 'x-ms-invocation-id';

/** Headers that belong to one connection (RFC 9110, 7.6.1), and `expect`, which Node has answered already. */
const HOP_BY_HOP =
  /^(connection|expect|keep-alive|proxy-authenticate|proxy-authorization|te|trailer|transfer-encoding|upgrade)$/;

/**
 * Sends a request to the library's server and the library's answer back, byte for byte. If the app does not answer, the
 * client gets no answer either until `fail` is called, as in Azure.
 */
export function forward(options: ForwardOptions): Forwarding {
  const { req, res, body } = options;
  let answer: IncomingMessage | undefined;
  let kept = Buffer.alloc(0);
  let problem = unforwardable(req);
  let hasFailed = false;
  const fail = (reason: string) => {
    if (res.closed || res.writableEnded) return;
    hasFailed = true;
    problem = problem === undefined ? reason : `${reason}; ${problem}`;
    if (res.headersSent) res.destroy();
    else answerEmpty(res, 500);
  };

  const upstream = problem === undefined ? openUpstream(options) : undefined;
  upstream?.on('error', () => {
    if (answer === undefined) problem ??= 'the app closed the connection without an answer';
  });
  upstream?.once('response', (response) => {
    if (res.headersSent || res.closed) {
      upstream.destroy();
      return;
    }
    if (response.headers[INVOCATION_ID] === undefined) {
      // Not from a function: the server itself refuses the request, and the library never hears of it.
      problem = `the app's server answers ${response.statusCode} by itself`;
      response.resume();
      return;
    }
    answer = response;
    response.on('data', (chunk: Buffer) => {
      if (kept.length < KEPT_BYTES) kept = Buffer.concat([kept, chunk]);
    });
    response.once('error', () => fail('the app broke its answer off'));
    res.writeHead(response.statusCode ?? 500, endToEnd(response.headers));
    // Node destroys one when the other fails; `res` shows below how the exchange ended.
    pipeline(response, res, () => {});
  });

  const done = new Promise<Forwarded>((resolve) => {
    res.once('close', () => {
      if (upstream) req.unpipe(upstream);
      // A finished exchange keeps its connection; breaking off any other makes the body fail in the app.
      if (!(upstream?.writableFinished && answer?.complete)) upstream?.destroy();
      // What the client still sends is read and discarded: only then can it use the connection again.
      req.resume();
      const end = res.writableFinished ? 'answered' : hasFailed ? 'cut off' : 'client gone';
      resolve({ end, status: res.statusCode, answer: kept, problem });
    });
  });

  if (upstream && body) upstream.end(body);
  else if (upstream) {
    // Without waiting for the first bytes of a body: a client may hold it back until told to continue.
    upstream.flushHeaders();
    req.pipe(upstream);
  }
  return { done, fail };
}

/** Why the host in Azure takes a request and then cannot forward it; undefined if it can. */
function unforwardable({ headers }: IncomingMessage): string | undefined {
  if (headers.expect !== undefined && !/^100-continue$/i.test(headers.expect)) {
    return `the host cannot forward "Expect: ${headers.expect}"`;
  }
  const bad = Object.entries(headers).find(([, value]) => /[^\t\x20-\x7e]/.test(String(value)));
  return bad && `the host cannot forward the header ${bad[0]}: its value is not ASCII`;
}

/** Answers with a status and nothing else. */
export function answerEmpty(res: ServerResponse, status: number): void {
  res.writeHead(status, { 'content-length': 0 }).end();
}

function openUpstream({ req, target, invocationId, agent }: ForwardOptions): ClientRequest {
  return request(target, {
    agent,
    method: req.method,
    path: req.url,
    headers: {
      ...endToEnd(req.headers),
      // Node frames a body by itself only for some methods.
      ...(req.headers['transfer-encoding'] && { 'transfer-encoding': 'chunked' }),
      [INVOCATION_ID]: invocationId,
      'x-forwarded-host': req.headers.host ?? target.host,
      'x-forwarded-proto': 'http',
    },
  });
}

function endToEnd(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.test(name)));
}

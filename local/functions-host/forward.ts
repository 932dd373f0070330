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

/** So much of an answer is kept to be looked at. */
const KEPT_BYTES = 64 * 1024;

/** A request on its way through the app. */
export type Forwarding = {
  /** Settles when the exchange is over: without an answer never. Never rejects. */
  done: Promise<Forwarded>;
  /** Ends it without the app's answer: the client gets a 500, or is cut off if an answer had begun. */
  fail(problem: string): void;
};

/** The header that tells the library which invocation a request belongs to. */
const INVOCATION_ID = 'x-ms-invocation-id';

/** Headers that belong to one connection (RFC 9110, 7.6.1), and `expect`, which Node has answered already. */
const HOP_BY_HOP = new Set([
  'connection',
  'expect',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Kestrel, beneath the host in Azure, reads on for this long after an answer that came before the end of the body. */
const DRAIN_MS = 5_000;

/**
 * Sends a request to the library's server and the library's answer back, byte for byte. If the app does not answer, the
 * client gets no answer either until `fail` is called, as in Azure.
 */
export function forward(options: {
  req: IncomingMessage;
  res: ServerResponse;
  /** The request's body, if it has been read already. */
  body: Buffer | undefined;
  target: URL;
  invocationId: string;
  agent: Agent;
}): Forwarding {
  const { req, res, body } = options;
  let answer: IncomingMessage | undefined;
  let kept = Buffer.alloc(0);
  let problem: string | undefined = unforwardable(req);
  const upstream = problem === undefined ? openUpstream(options) : undefined;

  let hasFailed = false;
  const fail = (reason: string) => {
    if (res.closed || res.writableEnded) return;
    hasFailed = true;
    problem = problem === undefined ? reason : `${reason}; ${problem}`;
    if (res.headersSent) res.destroy();
    else answerEmpty(req, res, 500);
  };

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
    res.writeHead(response.statusCode ?? 500, { ...endToEnd(response.headers), ...stayOpen(req) });
    // Node destroys one when the other fails; `res` shows below how the exchange ended.
    pipeline(response, res, () => {});
  });

  const done = new Promise<Forwarded>((resolve) => {
    res.once('close', () => {
      if (upstream) req.unpipe(upstream);
      // A finished exchange keeps its connection; breaking off any other makes the body fail in the app.
      if (!(upstream?.writableFinished && answer?.complete)) upstream?.destroy();
      drain(req);
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
export function answerEmpty(req: IncomingMessage, res: ServerResponse, status: number): void {
  res.writeHead(status, { 'content-length': 0, ...stayOpen(req) }).end();
}

/**
 * Reads and discards the rest of a body. Closing the connection at once would reset it, and a client that is still
 * sending could lose the answer. A client that sends for too long is cut off.
 */
export function drain(req: IncomingMessage): void {
  const finish = () => {
    if (wantsClose(req)) req.socket.end();
  };
  if (req.complete || req.destroyed) {
    finish();
    return;
  }
  const timer = setTimeout(() => req.destroy(), DRAIN_MS).unref();
  req.once('end', finish);
  req.once('close', () => clearTimeout(timer));
  req.resume();
}

/** Keeps Node from closing the connection of a client that asked for it while its body is still on the way. */
function stayOpen(req: IncomingMessage): { connection?: 'keep-alive' } {
  return req.complete ? {} : { connection: 'keep-alive' };
}

function wantsClose({ headers, httpVersion }: IncomingMessage): boolean {
  const connection = headers.connection ?? '';
  return httpVersion === '1.0' ? !/keep-alive/i.test(connection) : /close/i.test(connection);
}

function openUpstream({ req, target, invocationId, agent }: Parameters<typeof forward>[0]): ClientRequest {
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
  const named = new Set(headers.connection?.split(',').map((name) => name.trim().toLowerCase()));
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !HOP_BY_HOP.has(name) && !named.has(name)),
  );
}

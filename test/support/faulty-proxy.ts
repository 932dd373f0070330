import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { listen, stopListening } from '../../local/listen.ts';

/** What the proxy does to one call instead of passing it on faithfully. */
export type Fault =
  /** Answers itself, as Cosmos DB would. */
  | { kind: 'status'; status: number; subStatus?: number; retryAfterMs?: number }
  /** Passes the call on, then cuts the connection: the write happened, and nobody was told. */
  | { kind: 'reset-after' }
  | { kind: 'reset' }
  | { kind: 'delay'; ms: number }
  /** Sends half of the answer, then cuts the connection. */
  | { kind: 'half-answer' }
  /** Never answers. */
  | { kind: 'hang' };

export type FaultyProxy = Awaited<ReturnType<typeof startFaultyProxy>>;

/** An HTTP proxy in front of `target` that does to each call what `faultFor` says, over real sockets. */
export async function startFaultyProxy(
  target: string,
  faultFor: (call: IncomingMessage) => Fault | undefined,
  port = 0,
) {
  const server = createServer((incoming, answer) => {
    proxy.calls += 1;
    // A client that goes away in the middle of a call is one of the faults, not an error of the proxy.
    incoming.on('error', () => {});
    answer.on('error', () => {});
    handle(target, { incoming, answer }, faultFor(incoming)).catch(() => incoming.socket.destroy());
  });
  const bound = await listen(server, port);
  const proxy = {
    url: `http://127.0.0.1:${bound}`,
    port: bound,
    /** Calls that came in so far, faulty ones included. */
    calls: 0,
    close: () => stopListening(server),
  };
  return proxy;
}

type ProxiedCall = { incoming: IncomingMessage; answer: ServerResponse };

async function handle(target: string, { incoming, answer }: ProxiedCall, fault?: Fault): Promise<void> {
  if (fault?.kind === 'hang') return;
  if (fault?.kind === 'status') return answerWithStatus(answer, fault);
  if (fault?.kind === 'reset') return void incoming.socket.destroy();
  if (fault?.kind === 'delay') await sleep(fault.ms);
  const { status, headers, body } = await forward(target, incoming);
  if (fault?.kind === 'reset-after') return void incoming.socket.destroy();
  answer.writeHead(status, headers);
  if (fault?.kind !== 'half-answer') answer.end(body);
  else answer.write(body.subarray(0, Math.ceil(body.byteLength / 2)), () => incoming.socket.destroy());
}

function answerWithStatus(answer: ServerResponse, fault: Fault & { kind: 'status' }): void {
  if (fault.subStatus !== undefined) answer.setHeader('x-ms-substatus', String(fault.subStatus));
  if (fault.retryAfterMs !== undefined) answer.setHeader('x-ms-retry-after-ms', String(fault.retryAfterMs));
  answer.writeHead(fault.status, { 'content-type': 'application/json' });
  answer.end(JSON.stringify({ code: String(fault.status), message: 'injected fault' }));
}

async function forward(target: string, incoming: IncomingMessage) {
  const { method, headers, url } = incoming;
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const outgoing = request(`${target}${url}`, { method, headers, agent: false }, resolve);
    incoming.pipe(outgoing.on('error', reject));
  });
  const body = await buffer(response);
  const { 'transfer-encoding': _, ...kept } = response.headers;
  return {
    status: response.statusCode ?? 502,
    headers: { ...kept, 'content-length': String(body.byteLength) },
    body,
  };
}

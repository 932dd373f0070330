import { createServer, type IncomingHttpHeaders } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { listen, stopListening } from '../../../local/listen.ts';

export type Received = { method: string; path: string; headers: IncomingHttpHeaders; body: Buffer };
export type Answer =
  | { status: number; headers?: Record<string, string>; body?: unknown }
  | 'hang up'
  | 'no answer';

export const CREATED: Answer = { status: 200, body: { outcome: 'created', productId: 'AEROPRESS-GO' } };

/** A real HTTP server on a free port, which records what comes and answers as told; it ends with the test. */
export async function startReceiver(answer: (request: Received, index: number) => Answer = () => CREATED) {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const { method = '', url: path = '', headers } = request;
    const entry = { method, path, headers, body: await buffer(request) };
    const given = answer(entry, received.push(entry) - 1);
    if (given === 'no answer') return;
    if (given === 'hang up') return void request.socket.destroy();
    response.writeHead(given.status, { 'content-type': 'application/json', ...given.headers });
    response.end(typeof given.body === 'string' ? given.body : JSON.stringify(given.body ?? null));
  });
  const port = await listen(server);
  onTestFinished(() => stopListening(server));
  return {
    url: `http://127.0.0.1:${port}/api/webhooks/products`,
    received,
  };
}

/** An address at which nothing listens: a port that was free a moment ago. */
export async function addressOfNothing(): Promise<string> {
  const server = createServer();
  const port = await listen(server);
  await stopListening(server);
  return `http://127.0.0.1:${port}/api/webhooks/products`;
}

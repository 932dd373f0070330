import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export type Received = { method: string; path: string; headers: IncomingHttpHeaders; body: Buffer };
export type Answer =
  | { status: number; headers?: Record<string, string>; body?: unknown }
  | 'hang up'
  | 'no answer';

export const CREATED: Answer = { status: 200, body: { outcome: 'created', productId: 'AEROPRESS-GO' } };

/** A real HTTP server on a free port, which records what comes and answers as told; it ends with the test. */
export async function startReceiver(
  answer: (request: Received, index: number) => Answer = () => CREATED,
): Promise<{ url: string; received: Received[] }> {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method = '', url: path = '', headers } = request;
    const entry = { method, path, headers, body: Buffer.concat(chunks) };
    const given = answer(entry, received.push(entry) - 1);
    if (given === 'no answer') return;
    if (given === 'hang up') return void request.socket.destroy();
    response.writeHead(given.status, { 'content-type': 'application/json', ...given.headers });
    response.end(typeof given.body === 'string' ? given.body : JSON.stringify(given.body ?? null));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/webhooks/products`,
    received,
  };
}

/** An address at which nothing listens: a port that was free a moment ago. */
export async function addressOfNothing(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}/api/webhooks/products`;
}

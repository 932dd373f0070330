import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { isLoopback } from '../src/settings/addresses.ts';

/** Why a request is refused: its status, and a sentence for whoever sent it. */
export type HttpRefusal = { status: number; message: string };

/**
 * Puts a guard in front of a local server. Web pages can reach the loopback interface, so it lets through only what no
 * foreign page can send. `refuse` adds a server's further checks.
 */
export function onlyLoopback(
  server: Server,
  refuse: (req: IncomingMessage) => HttpRefusal | undefined = () => undefined,
): void {
  const listeners = server.listeners('request');
  server.removeAllListeners('request');
  server.on('request', (req, res) => {
    const refusal = foreign(req) ?? refuse(req);
    if (refusal) answer(res, refusal);
    else for (const listener of listeners) Reflect.apply(listener, server, [req, res]);
  });
}

function foreign({ method, headers }: IncomingMessage): HttpRefusal | undefined {
  const { host = '', origin } = headers;
  // A page whose own name resolves to 127.0.0.1 still sends that name.
  const hostname = host.toLowerCase().replace(/:\d{1,5}$/, '');
  if (!isLoopback(hostname)) return forbidden('Its Host must be a loopback address, such as 127.0.0.1.');
  if (origin !== undefined && origin.toLowerCase() !== `http://${host.toLowerCase()}`)
    return forbidden('Web pages of another origin get no answer.');
  // Images, scripts and frames of a page come without an Origin. A link that somebody follows is fine.
  const isForeign = /^(?:cross-site|same-site)$/.test(String(headers['sec-fetch-site'] ?? ''));
  if (isForeign && !(method === 'GET' && headers['sec-fetch-dest'] === 'document'))
    return forbidden('Web pages of another origin get no answer.');
  return undefined;
}

function forbidden(message: string): HttpRefusal {
  return { status: 403, message: `This server answers only programs on this machine. ${message}` };
}

/** In the form of Cosmos DB's errors, which its SDK reads. */
function answer(res: ServerResponse, { status, message }: HttpRefusal): void {
  // The body of the request may be endless: nobody reads it.
  res.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
  res.end(JSON.stringify({ message }));
}

import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, type RequestOptions, request } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';

/** Opens a POST whose body the test writes itself: chunked, slowly, half, or without end. */
export function openPost(url: string, options: RequestOptions = {}): ClientRequest {
  const post = request(url, { method: 'POST', agent: false, ...options });
  // An aborted or refused request fails on the client's side too; tests look at the answer.
  post.on('error', () => {});
  post.flushHeaders();
  return post;
}

/** The answer to a request, and the client's port, which tells connections apart. */
export async function answerTo(
  post: ClientRequest,
): Promise<{ status: number | undefined; text: string; clientPort: number | undefined }> {
  const [response] = (await once(post, 'response')) as [IncomingMessage];
  const clientPort = response.socket.localPort;
  return { status: response.statusCode, text: await text(response), clientPort };
}

export type RawRequest = { path?: string; method?: string; headers?: Record<string, string>; body?: string };

/** Sends a request as it stands, with headers and a path that `fetch` would refuse or tidy up. */
export async function rawRequest(
  url: string,
  { body, ...options }: RawRequest = {},
): Promise<{ status: number | undefined; body: string }> {
  const { hostname, port } = new URL(url);
  const sent = request({ hostname, port, ...options });
  sent.end(body);
  const answer = await answerTo(sent);
  return { status: answer.status, body: answer.text };
}

/**
 * Sends a whole body before it reads anything, as simple clients do, and returns the head of the server's answer.
 * Written on a plain socket: Node's own client stops sending once it has been answered.
 */
export async function sendThenRead(
  url: string,
  headers: readonly string[],
  body: Iterable<Buffer>,
): Promise<string> {
  const { hostname, port, host, pathname } = new URL(url);
  const socket = connect(Number(port), hostname).pause();
  socket.write([`POST ${pathname} HTTP/1.1`, `Host: ${host}`, ...headers, '', ''].join('\r\n'));
  for (const chunk of body) if (!socket.write(chunk)) await once(socket, 'drain');
  let answer = '';
  for await (const chunk of socket.setEncoding('latin1')) {
    answer += chunk;
    if (answer.includes('\r\n\r\n')) break;
  }
  return answer;
}

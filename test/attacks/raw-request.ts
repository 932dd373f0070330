import { request } from 'node:http';

/** What a server answered. */
export type Answer = { status: number; body: string };

/** Sends a request as it stands, with headers and a path that `fetch` would refuse or tidy up. */
export async function rawRequest(
  url: string,
  { path = '/', method = 'GET', headers = {}, body = '' }: RawRequest = {},
): Promise<Answer> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, path, method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }),
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

export type RawRequest = {
  path?: string;
  method?: string;
  headers?: Record<string, string>;
  body?: string;
};

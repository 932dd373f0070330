import { readdir, readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { TRANSPORTS } from '../../src/message/delivery.ts';
import type { Health, Sample, Stack } from '../page/api.ts';
import { bundlePage } from './bundle.ts';
import type { MessageLog } from './messages.ts';
import { send, type Targets } from './send.ts';
import type { PageStore } from './store.ts';

/** What the page shows and works on. */
export type PageOptions = {
  messages: MessageLog;
  store: Promise<PageStore>;
  targets(): Targets;
  /** With the samples. */
  folder: string;
  stack: Stack;
  health(): Promise<Health>;
};

/** Answers the page's requests; false for a request that is none of its own. */
export type PageServer = { serve(req: IncomingMessage, res: ServerResponse): boolean; close(): void };

/** The addresses of the views: a reload shows the same. */
const VIEW = /^\/(?:products(?:\/[^/]+)?|messages|dead-letters|health)?$/;

/** Nothing comes from elsewhere, but for pictures, which somebody has to ask for. */
const CONTENT_SECURITY_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; img-src 'self' data: https:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const SEND = z.object({ transport: z.enum(TRANSPORTS), body: z.string() });

/** Serves the page at the root of the local host. `onlyLoopback` stands in front of it. */
export function createPageServer(options: PageOptions): PageServer {
  const { messages } = options;
  const listening = new Set<ServerResponse>();
  let assets: ReturnType<typeof bundlePage> | undefined;

  const asset = async (name: string, res: ServerResponse) => {
    assets ??= bundlePage();
    const found = (await assets)[name];
    if (found === undefined) return answer(res, 404, null);
    res.writeHead(200, {
      'content-type': found.type,
      'content-security-policy': CONTENT_SECURITY_POLICY,
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    });
    res.end(found.content);
  };

  const listen = (res: ServerResponse) => {
    res.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    res.write('retry: 1000\n\n');
    const stop = messages.subscribe((message) => res.write(`data: ${JSON.stringify(message)}\n\n`));
    listening.add(res);
    res.once('close', () => {
      stop();
      listening.delete(res);
    });
  };

  const routes: Record<string, (id: string, req: IncomingMessage) => Promise<unknown>> = {
    'GET stack': async () => options.stack,
    'GET products': async () => (await options.store).products(),
    'GET product': async (id) => (await options.store).product(id),
    'GET product-message': async (id) => messages.ofProduct(id) ?? null,
    'GET messages': async () => messages.newest(),
    'GET message': async (number) => messages.detail(Number(number)) ?? null,
    'GET samples': () => readSamples(options.folder),
    'POST send': async (_, req) => {
      const { transport, body } = SEND.parse(JSON.parse(await text(req)));
      return send(transport, body, { targets: options.targets(), messages });
    },
    'GET dead-letters': async () => (await options.store).deadLetters(),
    'GET dead-letter': async (id) => (await options.store).deadLetterBody(id),
    'POST dead-letter': async (id) => (await options.store).replay(id),
    'DELETE dead-letter': async (id) => {
      await (await options.store).remove(id);
      return { id };
    },
    'GET health': () => options.health(),
  };

  return {
    serve(req, res) {
      const { pathname } = new URL(req.url ?? '/', 'http://localhost');
      if (VIEW.test(pathname)) {
        // Any method: the Functions host answers a POST to its root by its start page, too.
        void asset('index.html', res);
        return true;
      }
      if (!pathname.startsWith('/page/')) return false;
      const [, , name = '', id = ''] = pathname.split('/');
      const route = routes[`${req.method} ${name}`];
      if (req.method === 'GET' && name === 'events') listen(res);
      else if (route === undefined) void asset(pathname, res);
      else {
        void route(decodeURIComponent(id), req).then(
          (value) => answer(res, value === null ? 404 : 200, value),
          (error: unknown) =>
            answer(res, 500, { error: error instanceof Error ? error.message : String(error) }),
        );
      }
      return true;
    },
    close() {
      for (const res of listening) res.end();
    },
  };
}

function answer(res: ServerResponse, status: number, value: unknown): void {
  res.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  res.end(JSON.stringify(value));
}

/** Those of the project, with what each shows. */
async function readSamples(folder: string): Promise<Sample[]> {
  const names = await readdir(join(folder, 'samples')).catch(() => []);
  const files = names.filter((name) => /^\d.*\.json$/.test(name) && !name.endsWith('.expected.json')).sort();
  return Promise.all(
    files.map(async (file) => {
      const path = join(folder, 'samples', file);
      const expected = await readFile(path.replace(/\.json$/, '.expected.json'), 'utf8').catch(() => '{}');
      const { title = '' } = JSON.parse(expected) as { title?: string };
      return { name: file.replace(/\.json$/, ''), title, body: await readFile(path, 'utf8') };
    }),
  );
}

import type { ChildProcess } from 'node:child_process';
import { channel } from 'node:diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { format } from 'node:util';
import { afterAll, afterEach } from 'vitest';
import type { Telling } from './find-leak.ts';
import { lineSplitter } from './lines.ts';
import { endWrites, lookAt, reportCounts } from './recorder.ts';

// Runs before each test file, and listens in where the app tells something: to the console, to the output of started
// processes, and to the answers of Functions hosts in this process. Tests need not know of it. What they hand to
// `recordingLog`, `lookedAt` and `lookedAtWrites` comes on top. Standard output is not wrapped: vitest and commands under test write there.

for (const level of ['debug', 'info', 'log', 'warn', 'error'] as const) {
  const write = console[level];
  console[level] = (...args) => {
    for (const line of format(...args).split('\n')) lookAt('log', line);
    write.apply(console, args);
  };
}

// https://nodejs.org/docs/latest-v20.x/api/diagnostics_channel.html#built-in-channels
channel('child_process').subscribe((message) => {
  const { process: child } = message as { process: ChildProcess };
  // Its streams are there once the call that starts it has returned, and before anything can be read from them.
  queueMicrotask(() => {
    const telling = tellingOf(child);
    for (const stream of [child.stdout, child.stderr]) if (stream) listenIn(stream, telling);
  });
});

channel('http.server.request.start').subscribe((message) => {
  const { request, response } = message as { request: IncomingMessage; response: ServerResponse };
  // Other servers of tests, such as Cosmos DB's, answer with payloads. The library's own, behind the host, answers
  // the same once more.
  if (request.url?.startsWith('/api/') && request.headers['x-ms-invocation-id'] === undefined) {
    collectAnswer(response);
  }
});

// Hooks registered first run last: after those of the test file.
afterEach(endWrites);
afterAll(reportCounts);

/** A process that runs the app prints its log; any other is a command, which may show a payload on request. */
function tellingOf({ spawnargs }: ChildProcess): Telling {
  return spawnargs.some((arg) => /-(?:host|process)\.ts$|cli[\\/]start\.ts$|^start$/.test(arg))
    ? 'log'
    : 'command';
}

/** Sees what is read from a pipe, without starting to read it: that is for the test to do. */
function listenIn(stream: Readable, telling: Telling): void {
  const decoder = new StringDecoder('utf8');
  const lines = lineSplitter((line) => lookAt(telling, line));
  const push = stream.push;
  stream.push = (chunk: Uint8Array | null, encoding?: BufferEncoding) => {
    if (chunk === null) lines.end();
    else lines.add(decoder.write(Buffer.from(chunk)));
    return push.call(stream, chunk, encoding);
  };
}

/** More than any answer of the app has. */
const MAX_ANSWER_BYTES = 1024 * 1024;

function collectAnswer(response: ServerResponse): void {
  const chunks: Buffer[] = [];
  let length = 0;
  const note = (chunk: unknown) => {
    if (!(typeof chunk === 'string' || chunk instanceof Uint8Array) || length > MAX_ANSWER_BYTES) return;
    const bytes = Buffer.from(chunk as string);
    length += bytes.length;
    chunks.push(bytes);
  };
  for (const name of ['write', 'end'] as const) {
    const original = response[name];
    response[name] = (...args: unknown[]) => {
      note(args[0]);
      return Reflect.apply(original, response, args) as never;
    };
  }
  response.once('close', () => {
    lookAt('answer', `${JSON.stringify(response.getHeaders())}\n${Buffer.concat(chunks).toString('utf8')}`);
  });
}

import type { ReadableStream, ReadableStreamDefaultReader } from 'node:stream/web';

/** The body's exact bytes; or it was larger than allowed; or the sender went away in the middle. */
export type BodyRead = { kind: 'body'; bytes: Uint8Array } | { kind: 'too-large' } | { kind: 'aborted' };

/** Reads a request's body, and keeps never more than `maxBytes` of it. */
export async function readBody(
  body: ReadableStream<Uint8Array> | null,
  contentLength: string | null,
  maxBytes: number,
): Promise<BodyRead> {
  if (Number(contentLength) > maxBytes) return { kind: 'too-large' };
  if (body === null) return { kind: 'body', bytes: new Uint8Array() };
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return { kind: 'body', bytes: Buffer.concat(chunks, length) };
      length += value.byteLength;
      if (length > maxBytes) {
        discardRest(reader).catch(() => {});
        return { kind: 'too-large' };
      }
      chunks.push(value);
    }
  } catch {
    return { kind: 'aborted' };
  }
}

/** As long as the web server beneath the Functions host reads on after an early answer. */
const DISCARD_MS = 5_000;

/**
 * Throws away what the sender is still sending, beside the answer. Cancelling at once would destroy the connection
 * that the answer has to go out on; leaving the rest unread would leave the connection, which the Functions host
 * uses again, waiting for ever with the next request.
 */
async function discardRest(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  const timer = setTimeout(() => reader.cancel().catch(() => {}), DISCARD_MS).unref();
  try {
    while (!(await reader.read()).done);
  } finally {
    clearTimeout(timer);
  }
}

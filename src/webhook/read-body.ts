import type { ReadableStream } from 'node:stream/web';

/** The body's exact bytes; or it was larger than allowed; or the sender went away in the middle. */
export type BodyRead = { kind: 'body'; bytes: Uint8Array } | { kind: 'too-large' } | { kind: 'aborted' };

/** Reads a request's body, and never further than `maxBytes`. */
export async function readBody(
  body: ReadableStream<Uint8Array> | null,
  contentLength: string | null,
  maxBytes: number,
): Promise<BodyRead> {
  if (Number(contentLength) > maxBytes) return { kind: 'too-large' };
  if (body === null) return { kind: 'body', bytes: new Uint8Array() };
  const chunks: Uint8Array[] = [];
  let length = 0;
  // Not `for await`, and no cancel(): both would destroy the connection that the answer has to go out on.
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return { kind: 'body', bytes: Buffer.concat(chunks, length) };
      length += value.byteLength;
      if (length > maxBytes) return { kind: 'too-large' };
      chunks.push(value);
    }
  } catch {
    return { kind: 'aborted' };
  } finally {
    reader.releaseLock();
  }
}

import type { ReadableStream, ReadableStreamDefaultReader } from 'node:stream/web';
import { untilAborted } from '../until-aborted.ts';

/** What the app needs of an HTTP request; the standard `Request` has it, and so has `Response`. */
export type IncomingRequest = {
  headers: { get(name: string): string | null };
  body: ReadableStream<Uint8Array> | null;
};

/** Why there is no body: larger or slower than allowed, or the sender went away in the middle. */
export type UnreadBody = 'body-too-large' | 'body-too-slow' | 'aborted';

/** As long as the web server beneath the Functions host reads on after an early answer. */
const DISCARD_MS = 5_000;

/**
 * Reads the exact bytes of a request's body. It keeps never more than `maxBodyBytes` of them, and waits no longer than
 * `maxBodySeconds` for the whole.
 */
export async function readBody(
  { headers, body }: IncomingRequest,
  { maxBodyBytes, maxBodySeconds }: { maxBodyBytes: number; maxBodySeconds: number },
): Promise<Uint8Array | UnreadBody> {
  if (Number(headers.get('content-length')) > maxBodyBytes) return 'body-too-large';
  if (body === null) return new Uint8Array();
  const reader = body.getReader();
  const timeout = AbortSignal.timeout(maxBodySeconds * 1_000);
  const collected = collect(reader, maxBodyBytes);
  const read = await untilAborted(collected, timeout).catch((): UnreadBody => 'body-too-slow');
  if (typeof read === 'string') {
    // Throws away what the sender is still sending, beside the answer. Cancelling at once would destroy the connection
    // that the answer has to go out on; leaving the rest unread would leave the connection, which the Functions host
    // uses again, waiting for ever with the next request.
    reader.releaseLock();
    body.pipeTo(new WritableStream(), { signal: AbortSignal.timeout(DISCARD_MS) }).catch(() => {});
  }
  return read;
}

async function collect(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  maxBytes: number,
): Promise<Uint8Array | UnreadBody> {
  let bytes = new Uint8Array();
  let length = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return bytes.subarray(0, length);
      if (length + value.byteLength > maxBytes) return 'body-too-large';
      // Copied at once: kept as it is, a chunk of one byte takes hundreds.
      bytes = grown(bytes, length + value.byteLength, maxBytes);
      bytes.set(value, length);
      length += value.byteLength;
    }
  } catch {
    return 'aborted';
  }
}

/** With room for `length` bytes, at least twice as much as before: what a sender announces is not set aside for him. */
function grown(bytes: Uint8Array<ArrayBuffer>, length: number, maxBytes: number): Uint8Array<ArrayBuffer> {
  if (length <= bytes.byteLength) return bytes;
  const larger = new Uint8Array(Math.min(maxBytes, Math.max(length, 2 * bytes.byteLength)));
  larger.set(bytes);
  return larger;
}

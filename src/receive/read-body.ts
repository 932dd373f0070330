import type { ReadableStream, ReadableStreamDefaultReader } from 'node:stream/web';

/** The body's exact bytes; or it was larger or slower than allowed; or the sender went away in the middle. */
export type BodyRead =
  | { kind: 'body'; bytes: Uint8Array }
  | { kind: 'too-large' }
  | { kind: 'too-slow' }
  | { kind: 'aborted' };

/** A request's body, with the length that its sender gives. */
export type IncomingBody = { body: ReadableStream<Uint8Array> | null; contentLength: string | null };

type Reader = ReadableStreamDefaultReader<Uint8Array>;

/** Reads a request's body; keeps never more than `maxBytes` of it, and waits no longer than `timeoutMs` for the whole. */
export async function readBody(
  { body, contentLength }: IncomingBody,
  { maxBytes, timeoutMs }: { maxBytes: number; timeoutMs: number },
): Promise<BodyRead> {
  if (Number(contentLength) > maxBytes) return { kind: 'too-large' };
  if (body === null) return { kind: 'body', bytes: new Uint8Array() };
  const reader = body.getReader();
  let isLate = false;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<BodyRead>((resolve) => {
    timer = setTimeout(() => {
      isLate = true;
      resolve({ kind: 'too-slow' });
    }, timeoutMs);
  });
  const read = await Promise.race([collect(reader, maxBytes, () => isLate), late]);
  clearTimeout(timer);
  if (read.kind === 'too-large' || read.kind === 'too-slow') discardRest(reader).catch(() => {});
  return read;
}

async function collect(reader: Reader, maxBytes: number, isLate: () => boolean): Promise<BodyRead> {
  let bytes = new Uint8Array();
  let length = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (isLate()) return { kind: 'too-slow' };
      if (done) return { kind: 'body', bytes: bytes.subarray(0, length) };
      if (length + value.byteLength > maxBytes) return { kind: 'too-large' };
      // Copied at once: kept as it is, a chunk of one byte takes hundreds.
      bytes = grown(bytes, length + value.byteLength, maxBytes);
      bytes.set(value, length);
      length += value.byteLength;
    }
  } catch {
    return { kind: 'aborted' };
  }
}

/** With room for `length` bytes, at least twice as much as before: what a sender announces is not set aside for him. */
function grown(bytes: Uint8Array<ArrayBuffer>, length: number, maxBytes: number): Uint8Array<ArrayBuffer> {
  if (length <= bytes.byteLength) return bytes;
  const larger = new Uint8Array(Math.min(maxBytes, Math.max(length, 2 * bytes.byteLength)));
  larger.set(bytes);
  return larger;
}

/** How the reason is called in an answer where a body could not be read. */
export const UNREAD_BODY_REASONS = {
  'too-large': 'body-too-large',
  'too-slow': 'body-too-slow',
  aborted: 'aborted',
} as const;

/** Reads the body of a request within the limits of the settings. */
export function readBodyOf(
  {
    body,
    headers,
  }: { body: ReadableStream<Uint8Array> | null; headers: { get(name: string): string | null } },
  { maxBodyBytes, maxBodySeconds }: { maxBodyBytes: number; maxBodySeconds: number },
): Promise<BodyRead> {
  const incoming = { body, contentLength: headers.get('content-length') };
  return readBody(incoming, { maxBytes: maxBodyBytes, timeoutMs: maxBodySeconds * 1_000 });
}

/** As long as the web server beneath the Functions host reads on after an early answer. */
const DISCARD_MS = 5_000;

/**
 * Throws away what the sender is still sending, beside the answer. Cancelling at once would destroy the connection
 * that the answer has to go out on; leaving the rest unread would leave the connection, which the Functions host
 * uses again, waiting for ever with the next request.
 */
async function discardRest(reader: Reader): Promise<void> {
  const timer = setTimeout(() => reader.cancel().catch(() => {}), DISCARD_MS).unref();
  try {
    while (!(await reader.read()).done);
  } finally {
    clearTimeout(timer);
  }
}

import { ReadableStream, type ReadableStreamDefaultController } from 'node:stream/web';
import { describe, expect, it, vi } from 'vitest';
import { type IncomingRequest, readBody } from '../../../src/receive/read-body.ts';
import { chunked } from './request.ts';

/** Reads at most `maxBytes`, without haste. */
const read = (body: ReadableStream<Uint8Array> | null, contentLength: string | null, maxBytes: number) =>
  readBody(requestOf(body, contentLength), { maxBodyBytes: maxBytes, maxBodySeconds: 60 });

function requestOf(body: ReadableStream<Uint8Array> | null, contentLength: string | null): IncomingRequest {
  return { body, headers: new Headers(contentLength === null ? {} : { 'content-length': contentLength }) };
}

const bytes = (...values: number[]) => new Uint8Array(values);

describe('a body', () => {
  it.each([
    ['of one chunk', [bytes(1, 2, 3)], [1, 2, 3]],
    ['of several chunks', [bytes(1), bytes(2, 3), bytes(4)], [1, 2, 3, 4]],
    ['with empty chunks', [bytes(), bytes(1), bytes(), bytes(2), bytes()], [1, 2]],
    ['of no chunks', [], []],
    ['of just as many bytes as allowed', [bytes(1, 2, 3), bytes(4, 5)], [1, 2, 3, 4, 5]],
  ])('%s is read as it is', async (_, chunks, expected) => {
    const result = await read(chunked(chunks).stream, null, 5);
    expect([...result]).toEqual(expected);
  });

  it('that cuts a character in two is put together again', async () => {
    const coffee = Buffer.from('☕');
    const result = await read(chunked([coffee.subarray(0, 1), coffee.subarray(1)]).stream, '3', 5);
    expect(Buffer.from(result).toString()).toBe('☕');
  });

  it('that is absent is empty', async () => {
    expect(await read(null, null, 5)).toEqual(new Uint8Array());
  });

  it.each([
    ['absent', null],
    ['right', '5'],
    ['too low', '1'],
    ['no number', 'many'],
    ['empty', ''],
    ['negative', '-1'],
  ])('is read when its content-length is %s', async (_, contentLength) => {
    expect(await read(chunked([bytes(1, 2, 3, 4, 5)]).stream, contentLength, 5)).toEqual(
      bytes(1, 2, 3, 4, 5),
    );
  });
});

describe('a body that is too large', () => {
  it('by its content-length is not read at all', async () => {
    const { stream, taken } = chunked([bytes(1)]);
    expect(await read(stream, '6', 5)).toEqual('body-too-large');
    expect(taken.chunks).toBe(0);
  });

  it.each([
    ['in one chunk', [bytes(1, 2, 3, 4, 5, 6)]],
    ['by one byte', [bytes(1, 2, 3, 4, 5), bytes(6)]],
    ['whatever its content-length says', [bytes(1, 2, 3), bytes(4, 5, 6)]],
  ])('by count: %s', async (_, chunks) => {
    expect(await read(chunked(chunks).stream, '5', 5)).toEqual('body-too-large');
  });

  it('is refused without waiting for the rest', async () => {
    let asked = 0;
    const endless = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          asked += 1;
          // The third chunk never comes.
          if (asked < 3) controller.enqueue(new Uint8Array(4));
          return asked < 3 ? undefined : new Promise(() => {});
        },
      },
      { highWaterMark: 0 },
    );
    expect(await read(endless, null, 5)).toEqual('body-too-large');
  });
});

describe('a body that does not arrive in time', () => {
  it.each([
    ['with nothing', []],
    ['with a part of it', [bytes(1, 2)]],
  ])('is given up, and what still comes is thrown away: %s', async (_, first) => {
    let send: ReadableStreamDefaultController<Uint8Array> | undefined;
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        send = controller;
        for (const chunk of first) controller.enqueue(chunk);
      },
    });
    const limits = { maxBodyBytes: 100, maxBodySeconds: 0.02 };
    expect(await readBody(requestOf(body, '5'), limits)).toEqual('body-too-slow');
    send?.enqueue(bytes(3, 4, 5));
    await vi.waitFor(() => expect(send?.desiredSize).toBe(1));
  });
});

describe('a body whose sender goes away', () => {
  const gone = new Error('ECONNRESET');
  it.each([
    ['before the first byte', [gone]],
    ['in the middle', [bytes(1, 2), gone]],
  ])('%s is aborted', async (_, chunks) => {
    expect(await read(chunked(chunks).stream, '5', 5)).toEqual('aborted');
  });

  it('after it was found too large is too large', async () => {
    const { stream } = chunked([bytes(1, 2, 3, 4, 5, 6), gone]);
    expect(await read(stream, null, 5)).toEqual('body-too-large');
  });
});

import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { jsonFromBytes } from '../../src/message/json.ts';
import { PRODUCT_UPDATED } from '../../src/message/message-type.ts';
import { CommandError } from '../common/command-error.ts';
import { messagesIn, type Piece } from './envelope.ts';
import { asReadError, findMessageFiles, type MessageFile } from './message-files.ts';
import type { MessageToSend } from './sender.ts';

/** The messages of some files. May be read through any number of times; the bodies are not kept in memory. */
export type MessageSet = AsyncIterable<MessageToSend> & { readonly total: number };

type ReadOptions = {
  /** The type given to payloads that come without an envelope, in an envelope; null leaves every body as it is. */
  messageType?: string | null;
  /** What paths, and the sources of messages, are relative to. */
  folder?: string;
};

/** Above this a file must be NDJSON, which is read line by line: V8 has no longer strings than 512 MiB. */
const MAX_WHOLE_FILE_BYTES = 256 * 1024 * 1024;

/**
 * Opens files and folders of messages. Every file is read through once to count, so that one that is missing, or holds
 * something else, is a `CommandError` before anything is sent, and progress has a total; then messages are streamed.
 */
export async function readMessages(paths: readonly string[], options: ReadOptions = {}): Promise<MessageSet> {
  const { messageType = PRODUCT_UPDATED, folder = process.cwd() } = options;
  const files = await findMessageFiles(paths, folder);
  let total = 0;
  for (const file of files) for await (const _ of messagesOf(file, messageType)) total += 1;
  if (total === 0) throw new CommandError(`There are no messages in ${paths.join(', ')}.`);
  return {
    total,
    async *[Symbol.asyncIterator]() {
      for (const file of files) yield* messagesOf(file, messageType);
    },
  };
}

async function* messagesOf(file: MessageFile, messageType: string | null): AsyncGenerator<MessageToSend> {
  const { source } = file;
  try {
    if (file.bytes === 0) throw new CommandError(`${source} is empty.`);
    if (!file.isLines) yield* await wholeFileMessages(file, messageType);
    else {
      for await (const line of splitLines(chunksOf(file)))
        yield* messagesIn(pieceOf(file, line), messageType);
    }
  } catch (error) {
    throw asReadError(source, error);
  }
}

async function wholeFileMessages(file: MessageFile, messageType: string | null): Promise<MessageToSend[]> {
  const { source } = file;
  if (file.bytes > MAX_WHOLE_FILE_BYTES) {
    throw new CommandError(`${source} is larger than 256 MiB: save it as NDJSON, one message per line.`);
  }
  const bytes = await readFile(file.path);
  if (jsonFromBytes(bytes).ok) return [...messagesIn({ source, bytes }, messageType)];
  const pieces: Piece[] = [];
  for await (const line of splitLines([bytes])) pieces.push(pieceOf(file, line));
  // Where a line is not JSON, the whole is one bad message.
  const areLines = pieces.length > 0 && pieces.every((piece) => jsonFromBytes(piece.bytes).ok);
  if (!areLines) return [{ source, body: bytes }];
  return pieces.flatMap((piece) => [...messagesIn(piece, messageType)]);
}

function pieceOf({ source }: MessageFile, { number, bytes }: Line): Piece {
  return { source: `${source}:${number}`, bytes };
}

function chunksOf(file: MessageFile): AsyncIterable<Buffer> {
  return createReadStream(file.path, { highWaterMark: 256 * 1024 });
}

const NEWLINE = 0x0a;

/** A line of a file: its number from 1, and its bytes without the line end. */
export type Line = { number: number; bytes: Buffer };

/**
 * The lines of a stream of bytes that are not blank. Split at bytes rather than by `node:readline`, which decodes
 * them (a message that is not UTF-8 must arrive as it is) and also splits at U+2028, which JSON allows in strings.
 */
async function* splitLines(chunks: AsyncIterable<Buffer> | Iterable<Buffer>): AsyncGenerator<Line> {
  let beginning: Buffer[] = [];
  let number = 0;
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      const bytes = withoutCarriageReturn(Buffer.concat([...beginning, chunk.subarray(start, end)]));
      number += 1;
      if (!isBlank(bytes)) yield { number, bytes };
      beginning = [];
      start = end + 1;
    }
    if (start < chunk.length) beginning.push(chunk.subarray(start));
  }
  const last = withoutCarriageReturn(Buffer.concat(beginning));
  if (!isBlank(last)) yield { number: number + 1, bytes: last };
}

function withoutCarriageReturn(line: Buffer): Buffer {
  return line.at(-1) === 0x0d ? line.subarray(0, -1) : line;
}

function isBlank(line: Buffer): boolean {
  return line.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d);
}

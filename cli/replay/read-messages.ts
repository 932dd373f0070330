import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { jsonFromBytes } from '../../src/message/json.ts';
import { PRODUCT_UPDATED } from '../../src/message/message-type.ts';
import { CommandError } from '../support/command-error.ts';
import { asEnvelope } from './as-envelope.ts';
import { asReadError, findMessageFiles, type MessageFile, readable } from './message-files.ts';
import type { ReplayMessage } from './sender.ts';
import { type Line, splitArray, splitLines } from './split.ts';

/** The messages of some files. May be read through any number of times; the bodies are not kept in memory. */
export type MessageSet = AsyncIterable<ReplayMessage> & { readonly total: number };

type ReadOptions = {
  /** The type given to payloads that come without an envelope, in an envelope; null leaves every body as it is. */
  messageType?: string | null;
  /** What paths, and the sources of messages, are relative to. */
  folder?: string;
};

/** Above this a file must be NDJSON, which is read line by line: V8 has no longer strings than 512 MiB. */
const MAX_WHOLE_FILE_BYTES = 256 * 1024 * 1024;

/**
 * Opens files and folders of messages. Every file is read through once to count, so that a missing or unreadable
 * one is a `CommandError` before anything is sent, and progress has a total; the messages are then streamed.
 */
export async function readMessages(paths: readonly string[], options: ReadOptions = {}): Promise<MessageSet> {
  const { messageType = PRODUCT_UPDATED, folder = process.cwd() } = options;
  const files = await findMessageFiles(paths, folder);
  let total = 0;
  for (const file of files) total += await readable(file.source, () => countMessages(file, messageType));
  if (total === 0) throw new CommandError(`There are no messages in ${paths.join(', ')}.`);
  return {
    total,
    async *[Symbol.asyncIterator]() {
      for (const file of files) yield* messagesOf(file, messageType);
    },
  };
}

async function countMessages(file: MessageFile, messageType: string | null): Promise<number> {
  if (!file.isLines) return (await wholeFileMessages(file, messageType)).length;
  let lines = 0;
  for await (const _ of splitLines(chunksOf(file))) lines += 1;
  return lines;
}

async function* messagesOf(file: MessageFile, messageType: string | null): AsyncGenerator<ReplayMessage> {
  if (!file.isLines) {
    yield* await readable(file.source, () => wholeFileMessages(file, messageType));
    return;
  }
  try {
    for await (const line of splitLines(chunksOf(file))) {
      yield { source: sourceOf(file, line), body: bodyOf(line.bytes, messageType) };
    }
  } catch (error) {
    throw asReadError(file.source, error); // It was readable when it was counted.
  }
}

async function wholeFileMessages(file: MessageFile, messageType: string | null): Promise<ReplayMessage[]> {
  const { source } = file;
  if (file.bytes > MAX_WHOLE_FILE_BYTES) {
    throw new CommandError(`${source} is larger than 256 MiB: save it as NDJSON, one message per line.`);
  }
  const bytes = await readFile(file.path);
  const json = jsonFromBytes(bytes);
  if (!json.ok) return (await messagesIfLines(file, bytes, messageType)) ?? [{ source, body: bytes }];
  if (!Array.isArray(json.value)) return [{ source, body: asEnvelope(bytes, json.value, messageType) }];
  return splitArray(bytes.toString('utf8')).map((text, index) => ({
    source: `${source}[${index}]`,
    body: bodyOf(Buffer.from(text), messageType),
  }));
}

/** Null when a line is not JSON: then the whole is one bad message. */
async function messagesIfLines(
  file: MessageFile,
  bytes: Buffer,
  messageType: string | null,
): Promise<ReplayMessage[] | null> {
  const messages: ReplayMessage[] = [];
  for await (const line of splitLines([bytes])) {
    const json = jsonFromBytes(line.bytes);
    if (!json.ok) return null;
    messages.push({ source: sourceOf(file, line), body: asEnvelope(line.bytes, json.value, messageType) });
  }
  return messages.length === 0 ? null : messages;
}

function sourceOf(file: MessageFile, line: Line): string {
  return `${file.source}:${line.number}`;
}

function bodyOf(bytes: Uint8Array, messageType: string | null): Uint8Array {
  const json = jsonFromBytes(bytes);
  return json.ok ? asEnvelope(bytes, json.value, messageType) : bytes;
}

function chunksOf(file: MessageFile): AsyncIterable<Buffer> {
  return createReadStream(file.path, { highWaterMark: 256 * 1024 });
}

import { open, readdir, readFile, stat } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { jsonFromBytes } from '../../src/message/json.ts';
import { asReadError, CommandError } from '../common/command-error.ts';
import { messagesIn, type Piece } from './envelope.ts';
import type { MessageToSend } from './transport.ts';

/** The messages of some files. May be read through any number of times; the bodies are not kept in memory. */
export type MessageSet = AsyncIterable<MessageToSend> & { readonly total: number };

type ReadOptions = {
  /** The type given to payloads that come without an envelope, in an envelope; null leaves every body as it is. */
  messageType: string | null;
  /** What paths, and the sources of messages, are relative to. */
  folder: string;
};

/**
 * Opens files and folders of messages. It reads every file once to count: so a file that is missing, or holds something
 * else, is a `CommandError` before anything is sent, and progress has a total. Then it streams the messages.
 */
export async function readMessages(
  paths: readonly string[],
  { messageType, folder }: ReadOptions,
): Promise<MessageSet> {
  const sources = await findMessageFiles(paths, folder);
  const messages = async function* () {
    for (const source of sources) {
      try {
        for await (const piece of piecesOf(source, resolve(folder, source))) {
          yield* messagesIn(piece, messageType);
        }
      } catch (error) {
        throw asReadError(source, error);
      }
    }
  };
  let total = 0;
  for await (const _ of messages()) total += 1;
  if (total === 0) throw new CommandError(`There are no messages in ${paths.join(', ')}.`);
  return { total, [Symbol.asyncIterator]: messages };
}

/** Above this a file must be NDJSON, which is read line by line: V8 has no longer strings than 512 MiB. */
const MAX_WHOLE_FILE_BYTES = 256 * 1024 * 1024;

/** A file as a whole, or if it holds one JSON a line, its lines. */
async function* piecesOf(source: string, path: string): AsyncGenerator<Piece> {
  const { size } = await stat(path);
  if (size === 0) throw new CommandError(`${source} is empty.`);
  if (/\.(ndjson|jsonl)$/i.test(path)) {
    const file = await open(path);
    yield* linesOf(source, file.readLines({ encoding: LINES }));
    return;
  }
  if (size > MAX_WHOLE_FILE_BYTES) {
    throw new CommandError(`${source} is larger than 256 MiB: save it as NDJSON, one message per line.`);
  }
  const bytes = await readFile(path);
  const isJson = ({ bytes }: Piece) => jsonFromBytes(bytes).ok;
  const whole = { source, bytes };
  if (!isJson(whole)) {
    const lines: Piece[] = [];
    for await (const line of linesOf(source, bytes.toString(LINES).split('\n'))) lines.push(line);
    // Where a line is not JSON, the whole is one bad message.
    if (lines.length > 0 && lines.every(isJson)) return yield* lines;
  }
  yield whole;
}

/**
 * One character a byte, so that a message which is not UTF-8 arrives as it is, and a line does not end at U+2028, which
 * JSON allows in strings.
 */
const LINES = 'latin1';

async function* linesOf(
  source: string,
  lines: AsyncIterable<string> | Iterable<string>,
): AsyncGenerator<Piece> {
  let number = 0;
  for await (const line of lines) {
    number += 1;
    if (/[^ \t\r]/.test(line)) {
      yield { source: `${source}:${number}`, bytes: Buffer.from(line.replace(/\r$/, ''), LINES) };
    }
  }
}

/** Finds the files behind `paths`, all relative to `folder`: in the order given, and inside folders by name. */
export async function findMessageFiles(paths: readonly string[], folder: string): Promise<string[]> {
  const files: string[] = [];
  for (const given of paths) {
    const path = resolve(folder, given);
    try {
      const info = await stat(path);
      if (info.isDirectory()) files.push(...(await filesBelow(path)));
      else if (info.isFile()) files.push(path);
      else throw new CommandError(`${given} is neither a file nor a folder.`);
    } catch (error) {
      throw asReadError(given, error);
    }
  }
  return files.filter((path) => !isNoMessage(path)).map((path) => relative(folder, path));
}

/** Hidden ones are left out. Links to folders are not followed: they can form a circle. */
async function filesBelow(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((path) => /\.(json|ndjson|jsonl)$/i.test(path) && !/(^|[\\/])\./.test(relative(directory, path)))
    .sort();
}

/**
 * What samples have beside messages, also when a shell's `*.json` names it: what must come of one, and events with
 * a position, which only a broker can give.
 */
function isNoMessage(name: string): boolean {
  return /\.(expected|event)\.json$/i.test(name);
}

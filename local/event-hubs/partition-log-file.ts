import {
  closeSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { isFollowedByRecord, recordAt } from './publication-record.ts';

interface Segment {
  firstSequence: number;
  path: string;
  bytes: number;
}

interface LogFileOptions {
  directory: string;
  /** A new segment file is begun beyond this; retention deletes whole segments. */
  segmentBytes: number;
  log: (line: string) => void;
}

/**
 * The records of one partition on disk: append-only segment files, each named after its first sequence number.
 *
 * A record is written with `write(2)` before its publication is accepted, and not fsynced: what the operating
 * system has taken survives a SIGKILL of this process, which is what happens on a laptop. An fsync would also
 * guard against power loss, at some milliseconds for every publication; after one, the records' checksums
 * find what is missing. Writing synchronously keeps order and failure simple: an event is either on disk and
 * visible, or its publisher is told.
 */
export class PartitionLogFile {
  readonly #options: LogFileOptions;
  readonly #segments: Segment[] = [];
  #descriptor: number | undefined;
  #broken: unknown;

  constructor(options: LogFileOptions) {
    this.#options = options;
    mkdirSync(options.directory, { recursive: true });
  }

  /** Every record in order. Reads the segments one by one; a torn end is cut off. Call once, before appending. */
  *records(): Generator<Buffer> {
    const names = readdirSync(this.#options.directory).filter((name) => name.endsWith('.log'));
    for (const [index, name] of names.sort().entries()) {
      const path = join(this.#options.directory, name);
      const contents = readFileSync(path);
      let position = 0;
      for (let record = recordAt(contents, 0); record; record = recordAt(contents, position)) {
        yield record;
        position += record.length;
      }
      if (position < contents.length) {
        const torn = index === names.length - 1 && !isFollowedByRecord(contents, position);
        this.#cutOff(path, position, contents.length, torn);
      }
      this.#segments.push({ firstSequence: Number.parseInt(name, 10), path, bytes: position });
    }
    const last = this.#segments.at(-1);
    if (last) this.#descriptor = openSync(last.path, 'a');
  }

  /** Hands a record to the operating system; throws, with the file as before, if that fails. */
  append(record: Buffer, firstSequence: number): void {
    if (this.#broken) throw new Error('An earlier write could not be undone.', { cause: this.#broken });
    const segment = this.#segmentFor(record.length, firstSequence);
    const descriptor = this.#descriptor as number;
    try {
      for (let written = 0; written < record.length; ) written += writeSync(descriptor, record, written);
      segment.bytes += record.length;
    } catch (error) {
      this.#undo(descriptor, segment.bytes);
      throw error;
    }
  }

  /** Deletes the segments that hold nothing but events before a sequence number; never the newest one. */
  dropBefore(sequence: number): void {
    for (let next = this.#segments[1]; next && next.firstSequence <= sequence; next = this.#segments[1]) {
      const dropped = this.#segments.shift() as Segment;
      rmSync(dropped.path, { force: true });
    }
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
    this.#broken = new Error('The partition is closed.');
  }

  #segmentFor(bytes: number, firstSequence: number): Segment {
    const last = this.#segments.at(-1);
    if (last && (last.bytes === 0 || last.bytes + bytes <= this.#options.segmentBytes)) return last;
    // Sixteen digits hold every sequence number, so that names sort as numbers do.
    const path = join(this.#options.directory, `${String(firstSequence).padStart(16, '0')}.log`);
    const descriptor = openSync(path, 'a');
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = descriptor;
    const segment = { firstSequence, path, bytes: 0 };
    this.#segments.push(segment);
    return segment;
  }

  #cutOff(path: string, position: number, length: number, torn: boolean): void {
    const where = `${path} from byte ${position} of ${length}`;
    // A crash tears only what was written last. Cut off anywhere else, accepted events would be lost.
    if (!torn) throw new Error(`Damaged: ${where}. Remove the data directory to start empty.`);
    truncateSync(path, position);
    this.#options.log(`Cut off an incomplete publication after a crash: ${where}.`);
  }

  #undo(descriptor: number, bytes: number): void {
    try {
      ftruncateSync(descriptor, bytes);
    } catch (error) {
      this.#broken = error;
    }
  }
}

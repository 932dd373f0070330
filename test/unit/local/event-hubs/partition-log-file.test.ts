import { appendFileSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { PartitionLog } from '../../../../local/event-hubs/partition-log.ts';
import { PartitionLogFile } from '../../../../local/event-hubs/partition-log-file.ts';
import { publicationOf } from './publications.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const EVERYTHING = { events: 1_000_000, bytes: Number.POSITIVE_INFINITY };

/** Opens the partition in a directory, with the lines it logs. */
function open(directory: string, { maxBytes = Number.POSITIVE_INFINITY, segmentBytes = 1_000_000 } = {}) {
  const lines: string[] = [];
  const file = new PartitionLogFile({ directory, segmentBytes, log: (line) => lines.push(line) });
  const log = new PartitionLog({ maxBytes, file });
  onTestFinished(() => log.close());
  return { log, lines };
}

function onlySegment(directory: string): string {
  const [name, ...others] = readdirSync(directory);
  expect(others).toEqual([]);
  return join(directory, name ?? '');
}

test('events come back with their positions and times, and numbering goes on', () => {
  const directory = temporaryDirectory();
  const { log } = open(directory);
  for (const body of ['a', 'b', 'c']) log.append(publicationOf(body, `${body}${body}`));
  const before = log.read(0, EVERYTHING);
  log.close();
  const { log: again, lines } = open(directory);
  expect(again.read(0, EVERYTHING)).toEqual(before);
  expect(again.last).toMatchObject(log.last);
  again.append(publicationOf('d'));
  expect(again.last.sequenceNumber).toBe(6);
  expect(again.last.offset).toBe((before.at(-1)?.offset ?? 0) + (before.at(-1)?.message.length ?? 0));
  expect(lines).toEqual([]);
});

test('a file cut short at any byte keeps the whole publications before, and takes new ones', () => {
  const directory = temporaryDirectory();
  const { log } = open(directory);
  const ends = ['one', 'two', 'three'].map((body) => {
    log.append(publicationOf(body, body));
    return readFileSync(onlySegment(directory)).length;
  });
  log.close();
  const whole = readFileSync(onlySegment(directory));
  for (let bytes = 0; bytes <= whole.length; bytes += 1) {
    writeFileSync(onlySegment(directory), whole.subarray(0, bytes));
    const { log: torn, lines } = open(directory);
    const kept = ends.filter((end) => end <= bytes).length;
    expect(torn.last.sequenceNumber).toBe(kept * 2 - 1);
    expect(lines).toHaveLength(bytes === 0 || ends.includes(bytes) ? 0 : 1);
    torn.append(publicationOf('next'));
    expect(torn.last.sequenceNumber).toBe(kept * 2);
    torn.close();
    const { log: healed, lines: none } = open(directory);
    expect(healed.last.sequenceNumber).toBe(kept * 2);
    expect(none).toEqual([]);
    healed.close();
  }
});

test('a tail of zeros, as a power cut may leave, is cut off', () => {
  const directory = temporaryDirectory();
  const { log } = open(directory);
  log.append(publicationOf('a'));
  log.close();
  appendFileSync(onlySegment(directory), Buffer.alloc(10_000));
  const { log: again, lines } = open(directory);
  expect(again.last.sequenceNumber).toBe(0);
  expect(lines).toEqual([expect.stringContaining('Cut off an incomplete publication')]);
});

test('damage before the end is an error: cutting there would lose accepted events', () => {
  const directory = temporaryDirectory();
  const { log } = open(directory);
  log.append(publicationOf('first'));
  log.append(publicationOf('second'));
  log.close();
  const path = onlySegment(directory);
  const contents = readFileSync(path);
  contents[60] = (contents[60] ?? 0) ^ 0xff;
  writeFileSync(path, contents);
  expect(() => open(directory)).toThrow('Damaged');
});

test('segments that hold nothing kept any more are deleted, and positions survive that', () => {
  const directory = temporaryDirectory();
  const limits = { maxBytes: 20_000, segmentBytes: 2_000 };
  const { log } = open(directory, limits);
  for (let index = 0; index < 1_000; index += 1) log.append(publicationOf(`event ${index}`));
  expect(log.firstSequence).toBeGreaterThan(900);
  const bytes = readdirSync(directory).reduce(
    (sum, name) => sum + readFileSync(join(directory, name)).length,
    0,
  );
  expect(bytes).toBeLessThan(20_000);
  log.close();
  const { log: again } = open(directory, limits);
  expect(again.last).toMatchObject(log.last);
  expect(again.firstSequence).toBe(log.firstSequence);
});

test('an older segment that is cut short is an error', () => {
  const directory = temporaryDirectory();
  const { log } = open(directory, { segmentBytes: 200 });
  for (const body of ['a', 'b', 'c']) log.append(publicationOf(body));
  log.close();
  const [oldest = ''] = readdirSync(directory).sort();
  truncateSync(join(directory, oldest), 100);
  expect(() => open(directory)).toThrow('Damaged');
});

test('a segment that is missing between others is an error', () => {
  const directory = temporaryDirectory();
  const { log } = open(directory, { segmentBytes: 200 });
  for (const body of ['a', 'b', 'c']) log.append(publicationOf(body));
  log.close();
  rmSync(join(directory, readdirSync(directory).sort()[1] ?? ''));
  expect(() => open(directory)).toThrow('Event 1 is missing');
});

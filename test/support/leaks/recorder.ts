import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject } from 'vitest';
import { findLeak, type Telling, withoutSecrets } from './find-leak.ts';
import { lineSplitter } from './lines.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where the workers of one run leave what they found. */
    leaksDirectory: string;
  }
}

/** What one worker found: a line of this for each leak. */
export type Leak = { leak: string; telling: Telling; test: string; file: string; text: string };

/** How many texts were looked at. */
export type Counts = Record<Telling, number>;

const counts: Counts = { log: 0, answer: 0, command: 0 };

/** Looks at one line or answer at once; a leak fails the run when it ends (`run.ts`). */
export function lookAt(telling: Telling, text: string): void {
  counts[telling] += 1;
  const leak = findLeak(telling, text);
  if (leak === null) return;
  const { currentTestName, testPath } = expect.getState();
  const found: Leak = {
    leak,
    telling,
    test: currentTestName ?? 'no test: between tests, or in a hook',
    file: testPath ?? 'unknown file',
    text: withoutSecrets(text),
  };
  appendFileSync(join(inject('leaksDirectory'), `${process.pid}.leaks`), `${JSON.stringify(found)}\n`);
}

/** Looks at an answer of the app that never went over a wire, and hands it on. */
export function lookedAt<Answer>(answer: Answer): Answer {
  lookAt('answer', JSON.stringify(answer) ?? '');
  return answer;
}

const outputs: { end(): void }[] = [];

/** Where a command that runs in this process writes to; `write` is the test's own. */
export function lookedAtWrites<Text extends string | Uint8Array>(
  write: (text: Text) => unknown,
): (text: Text) => void {
  const lines = lineSplitter((line) => lookAt('command', line));
  outputs.push(lines);
  return (text) => {
    lines.add(Buffer.from(text as string).toString('utf8'));
    write(text);
  };
}

/** Looks at the message that a command ends with, as a terminal shows it, and hands it on. */
export function lookedAtMessage({ message }: Error): string {
  lookAt('command', message);
  return message;
}

/** Looks at what commands wrote last, without an end of line. */
export function endWrites(): void {
  for (const lines of outputs) lines.end();
}

/** Leaves word of how much was looked at, so that a run can say so. */
export function reportCounts(): void {
  writeFileSync(join(inject('leaksDirectory'), `${process.pid}.counts`), JSON.stringify(counts));
}

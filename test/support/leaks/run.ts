import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import type { TestProject } from 'vitest/node';
import type { Counts, Leak } from './recorder.ts';

/**
 * Once for a whole run of tests: gives the workers a folder to leave what they found in, and fails the run where a
 * log line or an answer told what it must not.
 */
export default async function watchForLeaks(project: TestProject): Promise<() => Promise<void>> {
  const directory = await mkdtemp(join(tmpdir(), 'leaks-'));
  project.provide('leaksDirectory', directory);
  return async () => {
    const { leaks, counts } = await readFindings(directory);
    await rm(directory, { recursive: true, force: true });
    const looked = `${counts.log} log lines, ${counts.answer} answers, ${counts.command} lines of commands`;
    if (leaks.length === 0) {
      console.log(`Leak test: nothing told in ${looked}.`);
      return;
    }
    const shown = leaks.slice(0, MAX_SHOWN).map(describe);
    if (leaks.length > MAX_SHOWN) shown.push(`… and ${leaks.length - MAX_SHOWN} more.`);
    console.error([`Leak test: FAILED, ${leaks.length} leaks in ${looked}.`, ...shown].join('\n\n'));
    process.exitCode = 1;
  };
}

const MAX_SHOWN = 20;

async function readFindings(directory: string): Promise<{ leaks: Leak[]; counts: Counts }> {
  const leaks: Leak[] = [];
  const counts: Counts = { log: 0, answer: 0, command: 0 };
  for (const name of await readdir(directory)) {
    const text = await readFile(join(directory, name), 'utf8');
    if (name.endsWith('.leaks')) {
      for (const line of text.trim().split('\n')) leaks.push(JSON.parse(line) as Leak);
    } else {
      const found = JSON.parse(text) as Counts;
      for (const telling of Object.keys(counts) as (keyof Counts)[]) counts[telling] += found[telling];
    }
  }
  return { leaks, counts };
}

const PLACES = { log: 'A log line', answer: 'An answer', command: 'The output of a command' };

function describe({ leak, telling, test, file, text }: Leak): string {
  return `${PLACES[telling]} tells ${leak}.\n  file: ${relative('', file)}\n  test: ${test}\n  told: ${text}`;
}

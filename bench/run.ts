import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Argument, Command } from 'commander';
import { bundle } from './support/bundle.ts';
import { runBenchmark } from './support/report.ts';
import { type Result, reportMissed, toMarkdown, toTable } from './support/results.ts';

/** Each benchmark is the file of its name, in a process of its own. */
const TITLES = {
  decode: 'Decode: bytes to document, 13 KB messages',
  hostile: 'Hostile bodies of 2 MB, against an honest one of that size',
  throughput: 'Throughput: into the in-memory Cosmos DB',
  memory: 'Memory: 50,000 events of 13 KB',
  telemetry: 'Telemetry: exporting, against nothing attached',
  offers: 'Offers: the function, a request of 100 products, and a token',
  start: 'Start: a new process, and its first webhooks of 13 KB',
} as const;
type Name = keyof typeof TITLES;
const NAMES = Object.keys(TITLES) as Name[];

/** What benchmarks start beside themselves. */
const HELPERS = ['cosmos-server', 'collector', 'telemetry-worker'];

/** It builds the app in several forms, which only sources can; what it measures are processes of their own. */
const START = path.join(import.meta.dirname, 'start.ts');

const RESULTS = path.join(import.meta.dirname, 'RESULTS.md');

/** Whoever looks for figures looks here. */
const LOAD = `## Load: webhooks over HTTP

In [HTTP-RESULTS.md](HTTP-RESULTS.md), written by \`npm run bench:http\`, which needs the machine to itself for minutes: the highest
rate that is sustained, with the times within which 50, 95 and 99 % are answered; then twice that rate, what is refused there,
how the app recovers, and that nothing acknowledged is lost.`;

const program = new Command('npm run bench --')
  .description(
    'Measures the app as it is deployed, and checks each figure that has a target. With all benchmarks it writes bench/RESULTS.md.',
  )
  .addArgument(new Argument('[name...]', 'which benchmarks to run (default: all)').choices(NAMES))
  .parse();

await runBenchmarks(program.args as Name[]);

async function runBenchmarks(chosen: readonly Name[]): Promise<void> {
  const names = chosen.length === 0 ? NAMES : chosen;
  const bundled = names.filter((name) => name !== 'start');
  const bundles = await bundle([...bundled, ...HELPERS]);
  const results: Result[] = [];
  try {
    for (const name of names) {
      const figures = await runBenchmark(name === 'start' ? START : bundles.pathOf(name));
      const result = { title: TITLES[name], figures };
      results.push(result);
      console.log(`\n${toTable(result)}`);
    }
  } finally {
    await bundles.remove();
  }
  if (chosen.length === 0) await writeFile(RESULTS, `${toMarkdown(results, 'npm run bench')}\n${LOAD}\n`);
  reportMissed(results);
}

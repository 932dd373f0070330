import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { Span } from '@opentelemetry/api';
import { record } from '../src/telemetry/metrics.ts';
import { traced } from '../src/telemetry/trace.ts';
import type { Figure } from './support/figure.ts';
import { interleave } from './support/interleave.ts';
import { report } from './support/report.ts';
import type { Round, Turn } from './telemetry-worker.ts';

/** How an engine lays out and collects its memory differs from process to process, by more than what is measured. */
const PROCESSES = 3;

/** Of a batch each way: what else a machine does comes and goes within seconds. */
const ROUNDS = 250;

/** So many that the exporter is compiled, too, which runs in one of five. */
const WARMUP_ROUNDS = 100;

/**
 * Half of the default's five traces a second: half of the batches go without an exporter, so of the others the same share
 * is kept as of all batches in an app under such a load.
 */
const AS_DEPLOYED = ['microsoft.rate_limited', '2.5'];
const EVERY_TRACE = ['always_on'];

/** What exporting costs: in each process the core exports to a collector and does not, in turns. */
void report(async () => {
  const collector = start('collector');
  const [url] = await once(collector, 'message');
  const measuredWith = async (sampler: readonly string[], processes: number) => {
    const byProcess: Round[][] = [];
    while (byProcess.length < processes) byProcess.push(await measuredBy([String(url), ...sampler]));
    return { rounds: byProcess.flat(), range: rangeOf(byProcess.map((rounds) => ratioOf(rounds, 'cpuMs'))) };
  };
  const asDeployed = await measuredWith(AS_DEPLOYED, PROCESSES);
  const everyTrace = await measuredWith(EVERY_TRACE, PROCESSES - 1);
  collector.send('counts');
  const [sent] = (await once(collector, 'message')) as [number];
  collector.disconnect();
  if (sent < ROUNDS) throw new Error(`The collector got ${sent} requests: that is not all.`);

  const figures: Figure[] = [
    {
      name: 'batch core: processor time while exporting, against without',
      value: ratioOf(asDeployed.rounds, 'cpuMs'),
      unit: '×',
      target: { atMost: 1.05 },
      note: `OTLP to a collector in a process of its own; five traces a second, the default; ${PROCESSES} processes: ${asDeployed.range}`,
    },
    {
      name: 'batch core: time while exporting, against without',
      value: ratioOf(asDeployed.rounds, 'wallMs'),
      unit: '×',
      note: 'no target: the collector takes its share of this machine, too',
    },
    {
      name: 'processor time with every trace kept, against without',
      value: ratioOf(everyTrace.rounds, 'cpuMs'),
      unit: '×',
      note: `OTEL_TRACES_SAMPLER=always_on; ${PROCESSES - 1} processes: ${everyTrace.range}`,
    },
    {
      name: 'batch core: processor time of an event without',
      value: perEvent(asDeployed.rounds, 'without'),
      unit: 'µs',
    },
    {
      name: 'batch core: processor time of an event while exporting',
      value: perEvent(asDeployed.rounds, 'exporting'),
      unit: 'µs',
    },
    await unattached(),
  ];
  return { figures };
});

function start(name: string, ...args: string[]): ChildProcess {
  return fork(path.join(path.dirname(process.argv[1] ?? ''), `${name}.cjs`), args, { execArgv: [] });
}

/**
 * The rounds of a new process. No garbage is collected by command between them: that would throw away compiled code
 * of the exporter, which no app ever meets, and double the time of everything.
 */
async function measuredBy(args: readonly string[]): Promise<Round[]> {
  const worker = start('telemetry-worker', ...args);
  await once(worker, 'message');
  const rounds: Round[] = [];
  for (let round = -WARMUP_ROUNDS; round < ROUNDS; round += 1) {
    worker.send('round');
    const [measured] = (await once(worker, 'message')) as [Round];
    if (round >= 0) rounds.push(measured);
  }
  worker.disconnect();
  return rounds;
}

/** Sums, not the median of rounds: the rare and long collections of garbage count. */
function sumOf(rounds: readonly Round[], turn: keyof Round, measure: keyof Turn): number {
  return rounds.reduce((sum, round) => sum + round[turn][measure], 0);
}

function ratioOf(rounds: readonly Round[], measure: 'cpuMs' | 'wallMs'): number {
  return sumOf(rounds, 'exporting', measure) / sumOf(rounds, 'without', measure);
}

function perEvent(rounds: readonly Round[], turn: keyof Round): number {
  return (sumOf(rounds, turn, 'cpuMs') / sumOf(rounds, turn, 'events')) * 1_000;
}

function rangeOf(ratios: readonly number[]): string {
  return `${Math.min(...ratios).toFixed(3)} to ${Math.max(...ratios).toFixed(3)}`;
}

const CALLS = 2_000;

/** What the calls of one message cost when nobody has attached an exporter: here nobody has. */
async function unattached(): Promise<Figure> {
  const nothing = async () => {};
  const call = (parent: Span) =>
    traced('read_item', { attributes: { 'db.system': 'azure.cosmosdb' }, parent, isCall: true }, nothing);
  const measured = await interleave(
    {
      traced: async () => {
        for (let index = 0; index < CALLS; index += 1) {
          await traced('write product', { attributes: { 'productsync.product.id': 'ID' } }, async (span) => {
            await call(span);
            await call(span);
          });
          for (let metric = 0; metric < 6; metric += 1) {
            record('productsync.store.duration', 1, { container: 'products', operation: 'read' });
          }
        }
      },
      bare: async () => {
        for (let index = 0; index < CALLS; index += 1) {
          await nothing();
          await nothing();
        }
      },
    },
    { rounds: 20, warmupRounds: 5 },
  );
  return {
    name: "one message's spans and metrics with nothing attached",
    value: ((measured.time('traced') - measured.time('bare')) / CALLS) * 1_000,
    unit: 'µs',
    note: 'three spans, six values',
  };
}

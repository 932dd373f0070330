import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { Span } from '@opentelemetry/api';
import { record } from '../src/telemetry/metrics.ts';
import { traced } from '../src/telemetry/trace.ts';
import type { Figure } from './support/figure.ts';
import { interleave, median } from './support/interleave.ts';
import { report } from './support/report.ts';
import type { Round } from './telemetry-worker.ts';

const ROUNDS = 12;

/** So many that the exporter is compiled, too, which runs no more than once or twice in a round. */
const WARMUP_ROUNDS = 16;

/** What exporting costs: the core in two processes, with a collector and without one, in turns. */
void report(async () => {
  const collector = start('collector');
  const [url] = await once(collector, 'message');
  const workers = { without: start('telemetry-worker'), exporting: start('telemetry-worker', String(url)) };
  await Promise.all(Object.values(workers).map(warmUp));
  const rounds: Record<keyof typeof workers, Round>[] = [];
  // The order changes from round to round.
  for (let round = 0; round < ROUNDS; round += 1) rounds.push(await inTurn(workers, round % 2 === 1));
  collector.send('counts');
  const [sent] = (await once(collector, 'message')) as [number];
  for (const child of [...Object.values(workers), collector]) child.disconnect();
  if (sent === 0) throw new Error('The collector got nothing: there was nothing to measure.');

  const ratio = (of: keyof Round) =>
    median(rounds.map(({ exporting, without }) => exporting[of] / without[of]));
  const perEvent = (of: 'without' | 'exporting') =>
    median(rounds.map((round) => round[of].cpuMs / round[of].events)) * 1_000;
  const figures: Figure[] = [
    {
      name: 'batch core: processor time while exporting, against without',
      value: ratio('cpuMs'),
      unit: '×',
      target: { atMost: 1.05 },
      note: `OTLP to a collector in a process of its own; every trace kept; ${sent} requests`,
    },
    {
      name: 'batch core: time while exporting, against without',
      value: ratio('wallMs'),
      unit: '×',
      note: 'no target: the collector takes its share of this machine, too',
    },
    { name: 'batch core: processor time of an event without', value: perEvent('without'), unit: 'µs' },
    {
      name: 'batch core: processor time of an event while exporting',
      value: perEvent('exporting'),
      unit: 'µs',
    },
    await unattached(),
  ];
  return { figures };
});

function start(name: string, ...args: string[]): ChildProcess {
  return fork(path.join(path.dirname(process.argv[1] ?? ''), `${name}.cjs`), args, {
    execArgv: ['--expose-gc'],
  });
}

async function warmUp(worker: ChildProcess): Promise<void> {
  for (let round = 0; round < WARMUP_ROUNDS; round += 1) await roundOf(worker);
}

async function roundOf(worker: ChildProcess): Promise<Round> {
  worker.send('round');
  const [measured] = (await once(worker, 'message')) as [Round];
  return measured;
}

async function inTurn<Name extends string>(
  workers: Record<Name, ChildProcess>,
  isReversed: boolean,
): Promise<Record<Name, Round>> {
  const names = Object.keys(workers) as Name[];
  const measured = {} as Record<Name, Round>;
  for (const name of isReversed ? names.toReversed() : names) measured[name] = await roundOf(workers[name]);
  return measured;
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

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { BATCH_SIZE } from './support/batches.ts';
import { besideThis } from './support/cosmos-process.ts';
import { report } from './support/report.ts';
import type { Round } from './telemetry-worker.ts';

/** How an engine lays out and collects its memory differs from process to process, by more than what is measured. */
const PROCESSES = 3;

/** Of a batch each way: what else a machine does comes and goes within seconds. */
const ROUNDS = 250;

/** Of all processes together, however fast the machine is: the sampler keeps so many traces a second. */
const FEWEST_REQUESTS = 30;

/** So many that the exporter is compiled, too, which runs in one of five. */
const WARMUP_ROUNDS = 100;

/** What exporting costs: in each process the core exports to a collector and does not, in turns. */
void report(async () => {
  const collector = fork(besideThis('collector'), { execArgv: [] });
  const [url] = await once(collector, 'message');
  const byProcess: Round[][] = [];
  while (byProcess.length < PROCESSES) byProcess.push(await roundsOfAProcess(String(url)));
  collector.send('counts');
  const [sent] = (await once(collector, 'message')) as [number];
  collector.disconnect();
  if (sent < FEWEST_REQUESTS) throw new Error(`The collector got only ${sent} requests.`);

  const ratios = byProcess.map(ratioOf);
  const all = byProcess.flat();
  return [
    {
      name: 'batch core: processor time while exporting, against without',
      value: ratioOf(all),
      unit: '×',
      target: { atMost: 1.05 },
      note: `OTLP to a collector in a process of its own; five traces a second, the default; ${PROCESSES} processes: ${Math.min(...ratios).toFixed(3)} to ${Math.max(...ratios).toFixed(3)}`,
    },
    {
      name: 'batch core: processor time of an event without',
      value: (cpuMsOf(all, 'without') / (all.length * BATCH_SIZE)) * 1_000,
      unit: 'µs',
    },
  ];
});

/**
 * The rounds of a new process. No garbage is collected by command between them: that would throw away compiled code
 * of the exporter, which no app ever meets, and double the time of everything.
 */
async function roundsOfAProcess(collector: string): Promise<Round[]> {
  const worker = fork(besideThis('telemetry-worker'), [collector], { execArgv: [] });
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

function ratioOf(rounds: readonly Round[]): number {
  return cpuMsOf(rounds, 'exporting') / cpuMsOf(rounds, 'without');
}

/** Sums, not the median of rounds: the rare and long collections of garbage count. */
function cpuMsOf(rounds: readonly Round[], turn: keyof Round): number {
  return rounds.reduce((sum, round) => sum + round[turn], 0);
}

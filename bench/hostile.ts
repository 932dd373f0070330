import { toDeadLetter } from '../src/store/dead-letter.ts';
import { prepare } from '../src/sync/prepare.ts';
import { httpDelivery } from '../test/support/deliveries.ts';
import { benchMessage } from './messages.ts';
import { hostileBodies } from './support/hostile-bodies.ts';
import { interleave, median, processorTime } from './support/interleave.ts';
import { report } from './support/report.ts';
import type { Figure } from './support/results.ts';

/** As many as a message can have whose document still fits into the 2 MB that an item may have. */
const HONEST_BYTES = 1_600_000;
const WARMUP_RUNS = 10;
/** Times an honest body of the same size. */
const MOST = 12;
/** Milliseconds of processor time for any body of 2 MB. */
const MOST_CPU_MS = 800;

/**
 * How much processor time hostile bodies of 2 MB take, their dead letters included, against an honest body: byte for byte,
 * since no honest one can be as large.
 */
void report(async () => {
  const honest = benchMessage(1, HONEST_BYTES);
  for (let run = 0; run < WARMUP_RUNS; run += 1) decide(honest);
  const figures: Figure[] = [];
  const honestTimes: number[] = [];
  let slowest = { name: '', ms: 0 };
  for (const [name, body] of Object.entries(hostileBodies())) {
    const outcome = decide(body);
    // The first of a round's three runs clears up what another body left behind; their median passes it over.
    const measured = await interleave(
      { honest: () => decide(honest), hostile: () => decide(body) },
      { rounds: 5, runs: 3, warmupRounds: 0, now: processorTime },
    );
    const ms = measured.time('hostile');
    if (ms > slowest.ms) slowest = { name, ms };
    figures.push({
      name,
      value: (measured.ratio('hostile', 'honest') * honest.byteLength) / body.byteLength,
      unit: '×',
      target: { atMost: MOST },
      note: `${outcome}, ${ms.toFixed(0)} ms of processor time`,
    });
    honestTimes.push(measured.time('honest'));
  }
  return [
    { name: 'the honest body, 1.6 MB', value: median(honestTimes), unit: 'ms' },
    ...figures,
    {
      name: 'the most processor time of any',
      value: slowest.ms,
      unit: 'ms',
      target: { atMost: MOST_CPU_MS },
      note: slowest.name,
    },
  ];
});

/** All that is computed for a body before the store is called. */
function decide(body: Buffer): string {
  const delivery = httpDelivery(body);
  const prepared = prepare(delivery, null);
  if (prepared.kind === 'rejected') toDeadLetter(delivery, prepared.rejection, 30);
  return prepared.kind === 'rejected' ? prepared.rejection.reason : prepared.kind;
}

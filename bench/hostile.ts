import { toDeadLetter } from '../src/store/dead-letter.ts';
import { prepare } from '../src/sync/prepare.ts';
import { httpDelivery } from '../test/support/deliveries.ts';
import { benchMessage } from './messages.ts';
import type { Figure } from './support/figure.ts';
import { hostileBodies } from './support/hostile-bodies.ts';
import { interleave, median } from './support/interleave.ts';
import { report } from './support/report.ts';

/** As many as a message can have whose document still fits into the 2 MB that an item may have. */
const HONEST_BYTES = 1_600_000;
const WARMUP_RUNS = 10;
/** Times an honest body of the same size. */
const MOST = 5;
/** Times JSON.parse of the same body. */
const LITTLE_MORE = 1.25;

/**
 * How long hostile bodies of 2 MB keep the app busy, their dead letters included, against an honest body: byte for byte,
 * since no honest one can be as large.
 */
void report(async () => {
  const honest = benchMessage(1, HONEST_BYTES);
  for (let run = 0; run < WARMUP_RUNS; run += 1) decide(honest);
  const figures: Figure[] = [];
  const honestTimes: number[] = [];
  for (const [name, body] of Object.entries(hostileBodies())) {
    const outcome = decide(body);
    const text = body.toString('utf8');
    // The first of a round's three runs clears up what another body left behind; their median passes it over.
    const measured = await interleave(
      { honest: () => decide(honest), hostile: () => decide(body), parse: () => parsed(text) },
      { rounds: 5, runs: 3, warmupRounds: 0 },
    );
    const ofItsSize = (ratio: number) => (ratio * honest.byteLength) / body.byteLength;
    const parsing = ofItsSize(measured.ratio('parse', 'honest'));
    const note = `${outcome}, ${measured.time('hostile').toFixed(0)} ms; JSON.parse alone ${parsing.toFixed(1)}×`;
    const value = ofItsSize(measured.ratio('hostile', 'honest'));
    // Where JSON.parse alone comes near that, no more can be asked than to add little to it.
    const target = { atMost: Math.max(MOST, LITTLE_MORE * parsing) };
    figures.push({ name, value, unit: '×', target, note });
    honestTimes.push(measured.time('honest'));
  }
  return {
    figures: [{ name: 'the honest body, 1.6 MB', value: median(honestTimes), unit: 'ms' }, ...figures],
  };
});

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return error;
  }
}

/** All that is computed for a body before the store is called. */
function decide(body: Buffer): string {
  const delivery = httpDelivery(body);
  const prepared = prepare(delivery, null);
  if (prepared.kind === 'rejected') toDeadLetter(delivery, prepared.rejection, 30);
  return prepared.kind === 'rejected' ? prepared.rejection.reason : prepared.kind;
}

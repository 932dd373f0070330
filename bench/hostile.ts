import { toDeadLetter } from '../src/store/dead-letter.ts';
import { prepare } from '../src/sync/prepare.ts';
import { httpDelivery } from '../test/support/deliveries.ts';
import { benchMessage } from './messages.ts';
import type { Figure } from './support/figure.ts';
import { hostileBodies } from './support/hostile-bodies.ts';
import { interleave, median } from './support/interleave.ts';
import { report } from './support/report.ts';

const HONEST_BYTES = 1_600_000;
const WARMUP_RUNS = 10;
/** Times an honest body. */
const MOST = 5;

/** How long hostile bodies of 2 MB keep the app busy, their dead letters included, against an honest large body. */
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
    const parsing = measured.ratio('parse', 'honest');
    const note = `${outcome}, ${measured.time('hostile').toFixed(0)} ms; JSON.parse alone ${parsing.toFixed(1)}×`;
    const value = measured.ratio('hostile', 'honest');
    figures.push(
      parsing > MOST
        ? againstParse(
            name,
            measured.ratio('hostile', 'parse'),
            `${value.toFixed(1)}× an honest one, ${note}`,
          )
        : { name, value, unit: '×', target: { atMost: MOST }, note },
    );
    honestTimes.push(measured.time('honest'));
  }
  return {
    figures: [{ name: 'the honest body', value: median(honestTimes), unit: 'ms' }, ...figures],
  };
});

/** Where JSON.parse alone takes longer than any body may, no more can be asked than to add little to it. */
function againstParse(name: string, value: number, note: string): Figure {
  return { name: `${name}: against JSON.parse of it`, value, unit: '×', target: { atMost: 1.5 }, note };
}

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

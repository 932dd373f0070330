import { writeMemory } from '../src/sync/write-memory.ts';
import { benchMessage } from './messages.ts';
import { BATCH_SIZE, partsOn, syncInBatches } from './support/batches.ts';
import { countingStores } from './support/counting-stores.ts';
import { eventAt } from './support/events.ts';
import { report } from './support/report.ts';

const EVENTS = 50_000;
const CHECKPOINTS = [10_000, 20_000, 30_000, 40_000, 50_000];
const MESSAGES = 64;
const BAD_EVERY = 50;
const MEGABYTE = 1024 * 1024;

/** Memory over 50,000 events, each of a product of its own: neither what is in use nor the peak may grow with their number. */
void report(async () => {
  const { stores, counts } = countingStores();
  const parts = partsOn({ ...stores, memory: writeMemory() });
  const bodyAt = bodies();
  const memoryAt = new Map<number, { inUse: number; peak: number }>();
  for (let first = 0; first < EVENTS; first += BATCH_SIZE) {
    const batch = Array.from({ length: BATCH_SIZE }, (_, index) =>
      eventAt(first + index, bodyAt(first + index)),
    );
    await syncInBatches(parts, batch);
    // The peak is read before the collection that the heap in use asks for.
    const peak = process.resourceUsage().maxRSS * 1024;
    if (CHECKPOINTS.includes(first + BATCH_SIZE)) {
      memoryAt.set(first + BATCH_SIZE, { inUse: await memoryInUse(), peak });
    }
  }
  const bad = EVENTS / BAD_EVERY;
  if (counts.written !== EVENTS - bad || counts.deadLettered !== bad) throw new Error(JSON.stringify(counts));
  const after = (events: number) => memoryAt.get(events) ?? { inUse: Number.NaN, peak: Number.NaN };
  const [early, late] = [after(10_000), after(50_000)];
  return {
    figures: [
      ...CHECKPOINTS.map((events) => ({
        name: `in use after ${events.toLocaleString('en')} events, garbage collected`,
        value: after(events).inUse / MEGABYTE,
        unit: 'MB',
      })),
      {
        name: 'growth from 10,000 to 50,000 events',
        value: (late.inUse - early.inUse) / MEGABYTE,
        unit: 'MB',
        target: { atMost: 1 },
        note: 'a leak of 26 bytes for each event would miss it',
      },
      { name: 'peak of the whole process', value: late.peak / MEGABYTE, unit: 'MB' },
      {
        name: 'peak over 50,000 events, against that over 10,000',
        value: late.peak / early.peak,
        unit: '×',
        target: { atMost: 1.25 },
      },
    ],
  };
});

/** A body for each event: of a product, a category and a date that no other has; some of them invalid. */
function bodies(): (event: number) => Buffer {
  const texts = Array.from({ length: MESSAGES }, (_, seed) => benchMessage(seed).toString('utf8'));
  return (event) => {
    const date = new Date(Date.UTC(2026, 0, 1) + event * 1_000).toISOString();
    const text = (texts[event % texts.length] ?? '')
      .replace(/"ProductID":"[^"]*"/, `"ProductID":"product-${event}"`)
      .replace(/"cat-[^"]*"/, `"category-${event}"`)
      .replaceAll('2026-12-01T00:00:00.0000000+00:00', date);
    return Buffer.from(
      event % BAD_EVERY === 0 ? text.replace('"ShipWeight":0.5', '"ShipWeight":"heavy"') : text,
    );
  };
}

/** The heap and the buffers in use once garbage is collected, finalizers included. */
async function memoryInUse(): Promise<number> {
  if (globalThis.gc === undefined) throw new Error('This benchmark needs --expose-gc.');
  for (let round = 0; round < 3; round += 1) {
    globalThis.gc();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

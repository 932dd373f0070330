import type { SyncParts } from '../src/sync/sync-batch.ts';
import { writeMemory } from '../src/sync/write-memory.ts';
import { benchMessage } from './messages.ts';
import { BATCH_SIZE, partsOn, syncInBatches } from './support/batches.ts';
import { eventAt } from './support/events.ts';
import { report } from './support/report.ts';

/** As many as the app remembers of its own writes (`writeMemory`): until then what is in use grows, as it has to. */
const WARMUP_EVENTS = 10_000;
const EARLY = 10_000;
const EVENTS = 50_000;
const MESSAGES = 64;
const BAD_EVERY = 50;
const MEGABYTE = 1024 * 1024;

/**
 * Memory over 50,000 events, each of a product of its own: neither what is in use nor the peak may grow with their number.
 * V8 lets garbage pile up to a multiple of what is in use before it collects, so peaks are compared only once that is
 * constant.
 */
void report(async () => {
  const { stores, counts } = countingStores();
  const parts = partsOn({ ...stores, memory: writeMemory() });
  const bodyAt = bodies();
  let next = 0;
  const take = async (events: number) => {
    for (const end = next + events; next < end; next += BATCH_SIZE) {
      const numbers = Array.from({ length: BATCH_SIZE }, (_, index) => next + index);
      await syncInBatches(
        parts,
        numbers.map((number) => eventAt(number, bodyAt(number))),
      );
    }
    // The peak is read before the collection that the heap in use asks for.
    const peak = process.resourceUsage().maxRSS * 1024;
    return { peak, inUse: await memoryInUse() };
  };
  await take(WARMUP_EVENTS);
  const early = await take(EARLY);
  const late = await take(EVENTS - EARLY);
  const bad = next / BAD_EVERY;
  if (counts.written !== next - bad || counts.deadLettered !== bad) throw new Error(JSON.stringify(counts));
  return [
    { name: 'in use after 10,000 events, garbage collected', value: early.inUse / MEGABYTE, unit: 'MB' },
    { name: 'in use after 50,000 events, garbage collected', value: late.inUse / MEGABYTE, unit: 'MB' },
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
      note: 'both after 10,000 events that fill what the app remembers of its own writes',
    },
  ];
});

/**
 * Stores that keep nothing but counts, so that neither their time nor their memory is measured. Every second product
 * is new to them; of the others an older version is there.
 */
function countingStores() {
  const counts = { reads: 0, written: 0, deadLettered: 0 };
  const older = {
    stream: 'eventhub/products/0',
    sequence: -1,
    time: '2026-11-22T12:00:00.000Z',
    contentHash: null,
  };
  const written = async () => {
    counts.written += 1;
    return { etag: String(counts.written) };
  };
  return {
    counts,
    stores: {
      products: {
        read: async () => {
          counts.reads += 1;
          return counts.reads % 2 === 0 ? null : { etag: String(counts.reads), deleted: false, sync: older };
        },
        create: written,
        replace: written,
      },
      deadLetters: {
        keep: async () => {
          counts.deadLettered += 1;
        },
      },
    } satisfies Pick<SyncParts, 'products' | 'deadLetters'>,
  };
}

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

import { setTimeout as sleep } from 'node:timers/promises';
import type { ProductStore } from '../src/store/product-store.ts';
import { BATCH_SIZE, partsOn, syncInBatches, WRITE_CONCURRENCY } from './support/batches.ts';
import { countingStores } from './support/counting-stores.ts';
import { differentMessages, eventAt } from './support/events.ts';
import { interleave } from './support/interleave.ts';
import { report } from './support/report.ts';
import { straightforwardHandler } from './support/straightforward-handler.ts';

const DELAY_MS = 5;
const WARMUP_BATCHES = 40;

/** How long a batch takes when each call of the store takes 5 ms longer, against upserts one at a time. */
void report(async () => {
  // Small ones: what is measured is how the waiting is shared, not the work of the processor.
  const messages = differentMessages(2_000, BATCH_SIZE);
  // Long enough for the engine to have compiled what it is going to compile.
  for (let run = 0; run < WARMUP_BATCHES; run += 1) await batchOf(messages, WRITE_CONCURRENCY, 0);
  const usual = differentMessages(13_000, BATCH_SIZE);
  const measured = await interleave(
    {
      usualStraightforward: async () => straightforwardHandler(() => sleep(DELAY_MS), usual),
      usualCore: async () => batchOf(usual, WRITE_CONCURRENCY),
      straightforward: async () => straightforwardHandler(() => sleep(DELAY_MS), messages),
      core: async () => batchOf(messages, WRITE_CONCURRENCY),
      core32: async () => batchOf(messages, 2 * WRITE_CONCURRENCY),
      core64: async () => batchOf(messages, 4 * WRITE_CONCURRENCY),
    },
    { rounds: 15, warmupRounds: 2 },
  );
  // Best against best: waiting takes no processor, so other work on the machine would lengthen only one of the two.
  const upserts = measured.best('straightforward');
  const share = (name: Parameters<typeof measured.best>[0]) => measured.best(name) / upserts;
  return {
    figures: [
      { name: '100 upserts, one at a time', value: upserts, unit: 'ms' },
      { name: 'a batch of 100 products', value: measured.best('core'), unit: 'ms' },
      {
        name: `a batch, against one at a time, WRITE_CONCURRENCY ${WRITE_CONCURRENCY}`,
        value: share('core'),
        unit: '×',
        target: { atMost: 0.1 },
        note: 'messages of 2 KB; an upsert is one call, the core makes two, and reads run ahead of writes',
      },
      {
        name: `the same with messages of 13 KB, WRITE_CONCURRENCY ${WRITE_CONCURRENCY}`,
        value: measured.best('usualCore') / measured.best('usualStraightforward'),
        unit: '×',
        note: 'no target: here decoding the batch counts, too',
      },
      { name: `with WRITE_CONCURRENCY ${2 * WRITE_CONCURRENCY}`, value: share('core32'), unit: '×' },
      { name: `with WRITE_CONCURRENCY ${4 * WRITE_CONCURRENCY}`, value: share('core64'), unit: '×' },
    ],
  };
});

async function batchOf(
  messages: readonly Buffer[],
  writeConcurrency: number,
  delayMs = DELAY_MS,
): Promise<void> {
  const { products, deadLetters } = countingStores().stores;
  const parts = partsOn({ products: delayed(products, delayMs), deadLetters }, writeConcurrency);
  await syncInBatches(
    parts,
    messages.map((message, index) => eventAt(index, message)),
  );
}

function delayed(store: ProductStore, delayMs: number): ProductStore {
  return {
    read: async (...call) => sleep(delayMs).then(() => store.read(...call)),
    create: async (...call) => sleep(delayMs).then(() => store.create(...call)),
    replace: async (...call) => sleep(delayMs).then(() => store.replace(...call)),
  };
}

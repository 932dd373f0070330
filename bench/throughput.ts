import pMap from 'p-map';
import type { ProductItem } from '../src/product/document.ts';
import { cosmosDeadLetterStore } from '../src/store/cosmos-dead-letter-store.ts';
import { cosmosProductStore } from '../src/store/cosmos-product-store.ts';
import { toItem } from '../src/sync/change.ts';
import { prepare } from '../src/sync/prepare.ts';
import { partsOn, syncInBatches, WRITE_CONCURRENCY } from './support/batches.ts';
import { type CosmosCatalog, startCosmosCatalog } from './support/cosmos-catalog.ts';
import { differentMessages, eventAt } from './support/events.ts';
import { interleave } from './support/interleave.ts';
import { report } from './support/report.ts';
import { straightforwardHandler } from './support/straightforward-handler.ts';

const PRODUCTS = 400;
const BYTES = 13_000;

/** Events per second into Cosmos DB, against the SDK's bare read and conditional replace of the same documents. */
void report(async () => {
  const catalog = await startCosmosCatalog();
  const messages = differentMessages(BYTES, PRODUCTS);
  const documents = messages.map(documentOf);
  const core = coreOn(catalog, messages);
  // The products exist before anything is measured: every event is an update.
  await core();
  const measured = await interleave(
    {
      core,
      bare: async () => bareReadAndReplace(catalog, documents),
      partitions: coreOn(catalog, messages, 2),
      straightforward: async () =>
        straightforwardHandler((document) => catalog.others.items.upsert(document), messages),
    },
    { rounds: 10, warmupRounds: 3 },
  );
  catalog.close();
  const perSecond = (name: Parameters<typeof measured.time>[0]) => (PRODUCTS / measured.time(name)) * 1_000;
  return {
    figures: [
      { name: 'batch core, batches of 100', value: perSecond('core'), unit: 'events/s' },
      { name: 'bare read and conditional replace', value: perSecond('bare'), unit: 'events/s' },
      {
        name: 'straightforward handler: parse, upsert, one after another',
        value: perSecond('straightforward'),
        unit: 'events/s',
        note: 'no order, no dead letters; an upsert is one call, read and replace are two',
      },
      {
        name: 'batch core, against bare',
        value: measured.ratio('bare', 'core'),
        unit: '×',
        target: { atLeast: 0.9 },
      },
      {
        name: 'two partitions side by side, half as many writes each, against bare',
        value: measured.ratio('bare', 'partitions'),
        unit: '×',
      },
      {
        name: 'batch core, against straightforward handler',
        value: measured.ratio('straightforward', 'core'),
        unit: '×',
      },
    ],
  };
});

/** Each call sends the messages once more, at later positions, from as many partitions as `partitions` says. */
function coreOn(catalog: CosmosCatalog, messages: readonly Buffer[], partitions = 1): () => Promise<void> {
  const stores = {
    products: cosmosProductStore(async () => catalog.products),
    deadLetters: cosmosDeadLetterStore(async () => catalog.deadLetters),
  };
  const parts = partsOn(stores, WRITE_CONCURRENCY / partitions);
  return async () => {
    const deliveries = messages.map((message) => eventAt(nextSequence(), message));
    const share = Math.ceil(deliveries.length / partitions);
    const shares = Array.from({ length: partitions }, (_, index) =>
      deliveries.slice(index * share, (index + 1) * share),
    );
    const settled = await Promise.all(shares.map((ofPartition) => syncInBatches(parts, ofPartition)));
    for (const { outcome } of settled.flat()) {
      if (outcome !== 'created' && outcome !== 'unchanged') throw new Error(`An event was ${outcome}.`);
    }
  };
}

let sequence = 0;

function nextSequence(): number {
  sequence += 1;
  return sequence;
}

function documentOf(message: Buffer): ProductItem {
  const prepared = prepare(eventAt(0, message), null);
  if (prepared.kind !== 'change') throw new Error('not a valid message');
  return toItem(prepared.change, 14);
}

async function bareReadAndReplace({ products }: CosmosCatalog, documents: readonly ProductItem[]) {
  const readAndReplace = async (document: ProductItem) => {
    const item = products.item(document.id, document.id);
    const { etag } = await item.read();
    await item.replace(document, { accessCondition: { type: 'IfMatch', condition: etag } });
  };
  await pMap(documents, readAndReplace, { concurrency: WRITE_CONCURRENCY });
}

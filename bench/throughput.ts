import type { Container } from '@azure/cosmos';
import pMap from 'p-map';
import type { ProductItem } from '../src/product/document.ts';
import { cosmosDeadLetterStore } from '../src/store/cosmos-dead-letter-store.ts';
import { cosmosProductStore } from '../src/store/cosmos-product-store.ts';
import { toItem } from '../src/sync/change.ts';
import { prepare } from '../src/sync/prepare.ts';
import type { SyncParts } from '../src/sync/sync-batch.ts';
import { writeMemory } from '../src/sync/write-memory.ts';
import { BATCH_SIZE, partsOn, syncInBatches, WRITE_CONCURRENCY } from './support/batches.ts';
import { startCosmosProcess } from './support/cosmos-process.ts';
import { differentMessages, eventAt } from './support/events.ts';
import { interleave } from './support/interleave.ts';
import { report } from './support/report.ts';

const PRODUCTS = 400;
const BYTES = 13_000;

/** Events of 13 KB per second into Cosmos DB, against the SDK's bare read and conditional replace of the same documents. */
void report(async () => {
  const cosmos = await startCosmosProcess();
  const [bare, fresh] = [await cosmos.createContainer('bare'), await cosmos.createContainer('fresh')];
  // One for all, as in the app.
  const stores = {
    products: cosmosProductStore(async () => cosmos.products),
    deadLetters: cosmosDeadLetterStore(async () => cosmos.deadLetters),
  };
  const freshStores = { ...stores, products: cosmosProductStore(async () => fresh) };
  const messages = differentMessages(BYTES, PRODUCTS);
  const documents = messages.map(documentOf);
  // The products exist before anything is measured: every event is an update.
  for (const document of documents) await bare.items.upsert(document);
  // What a process wrote itself it need not read. A process that has just started has written nothing yet.
  const memory = writeMemory();
  // A turn is one batch: within a round of three, what else the machine does hardly changes.
  const turns = { core: 0, bare: 0, fresh: 0 };
  const next = <Item>(name: keyof typeof turns, all: readonly Item[]) => {
    const first = (turns[name] * BATCH_SIZE) % PRODUCTS;
    turns[name] += 1;
    return all.slice(first, first + BATCH_SIZE);
  };
  const measured = await interleave(
    {
      core: async () => sendToCore({ ...stores, memory }, next('core', messages)),
      bare: async () => readAndReplace(bare, next('bare', documents)),
      fresh: async () => sendToCore({ ...freshStores, memory: writeMemory() }, next('fresh', messages)),
    },
    { rounds: 80, warmupRounds: 20 },
  );
  cosmos.close();
  const perSecond = (name: Parameters<typeof measured.time>[0]) => (BATCH_SIZE / measured.time(name)) * 1_000;
  return [
    { name: 'batch core', value: perSecond('core'), unit: 'events/s' },
    { name: 'bare read and conditional replace', value: perSecond('bare'), unit: 'events/s' },
    {
      name: 'batch core, against bare',
      value: measured.ratio('bare', 'core'),
      unit: '×',
      target: { atLeast: 1 },
      note: `the products' next messages, which need no read; both ${WRITE_CONCURRENCY} at once`,
    },
    {
      name: 'the same, of products that the process has not written yet',
      value: measured.ratio('bare', 'fresh'),
      unit: '×',
      note: 'as after a start: read and replaced like the bare ones, but decoded, too, on the same core',
    },
  ];
});

let sequence = 0;

/** Sends the messages once more, at later positions. */
async function sendToCore(
  stores: Pick<SyncParts, 'products' | 'deadLetters' | 'memory'>,
  messages: readonly Buffer[],
): Promise<void> {
  const events = messages.map((message) => {
    sequence += 1;
    return eventAt(sequence, message);
  });
  for (const { outcome } of await syncInBatches(partsOn(stores, WRITE_CONCURRENCY), events)) {
    if (!['created', 'updated', 'unchanged'].includes(outcome)) throw new Error(`An event was ${outcome}.`);
  }
}

function documentOf(message: Buffer): ProductItem {
  const prepared = prepare(eventAt(0, message), null);
  if (prepared.kind !== 'change') throw new Error('not a valid message');
  return toItem(prepared.change, 14);
}

async function readAndReplace(container: Container, documents: readonly ProductItem[]): Promise<void> {
  const write = async (document: ProductItem) => {
    const item = container.item(document.id, document.id);
    const { etag } = await item.read();
    await item.replace(document, { accessCondition: { type: 'IfMatch', condition: etag } });
  };
  await pMap(documents, write, { concurrency: WRITE_CONCURRENCY });
}

import type { CosmosClient } from '@azure/cosmos';
import type { Log } from '../../src/log.ts';
import { deadLetterArchive } from '../../src/operate/dead-letter-archive.ts';
import { replayDeadLetters } from '../../src/operate/replay-dead-letter.ts';
import type { AppSettings } from '../../src/settings/app-settings.ts';
import { cosmosProductStore } from '../../src/store/cosmos-product-store.ts';
import { bodyOf } from '../../src/store/dead-letter.ts';
import type { RetryPolicy } from '../../src/sync/retry.ts';
import type { DeadLetter, Item, Sent } from '../page/api.ts';

/** More than this is no catalog of a laptop. */
const MAX_PRODUCTS = 5_000;
const MAX_DEAD_LETTERS = 500;

/** A person is waiting. */
const RETRY: RetryPolicy = { budgetMs: 5_000, firstDelayMs: 100, maxDelayMs: 1_000 };

/** What the page reads from Cosmos DB and does there. */
export type PageStore = {
  products(): Promise<Item[]>;
  product(id: string): Promise<Item | null>;
  deadLetters(): Promise<DeadLetter[]>;
  deadLetterBody(id: string): Promise<string | null>;
  replay(id: string): Promise<Sent | null>;
  remove(id: string): Promise<void>;
};

/** Makes it, on a client that somebody else closes. */
export function pageStore(client: CosmosClient, settings: AppSettings): PageStore {
  const { database, productsContainer, deadLettersContainer } = settings.cosmos;
  const container = (id: string) => client.database(database).container(id);
  const products = container(productsContainer);
  const archive = deadLetterArchive(async () => container(deadLettersContainer));
  // What becomes of the message is in the answer.
  const log: Log = () => {};
  return {
    async products() {
      const query = `SELECT TOP ${MAX_PRODUCTS} * FROM c`;
      return (await products.items.query<Item>(query).fetchAll()).resources.map(withoutSystem);
    },
    async product(id) {
      const { resource } = await products.item(id, id).read<Item>();
      return resource ? withoutSystem(resource) : null;
    },
    async deadLetters() {
      const found: DeadLetter[] = [];
      for await (const deadLetter of archive.list({})) {
        if (found.push(deadLetter) >= MAX_DEAD_LETTERS) break;
      }
      return found;
    },
    async deadLetterBody(id) {
      const kept = await archive.read(id);
      return kept && bodyOf(kept.deadLetter).toString('utf8');
    },
    async replay(id) {
      const kept = await archive.read(id);
      if (kept === null) return null;
      const stores = { products: cosmosProductStore(async () => products), archive };
      const [replayed] = await replayDeadLetters({ ...stores, settings, policy: RETRY, log }, [kept]);
      const nothing = { status: null, detail: null, issues: [] };
      switch (replayed?.kind) {
        case 'processed':
          return { ...nothing, outcome: replayed.outcome };
        case 'rejected': {
          const { detail, issues } = replayed.rejection;
          return { status: null, outcome: 'dead-lettered', detail, issues };
        }
        case 'refused':
          return { ...nothing, outcome: 'refused', detail: replayed.reason };
        default:
          return { ...nothing, outcome: 'unsettled', detail: replayed?.problem ?? null };
      }
    },
    async remove(id) {
      await archive.remove(id);
    },
  };
}

function withoutSystem(item: Item): Item {
  return Object.fromEntries(Object.entries(item).filter(([name]) => !name.startsWith('_'))) as Item;
}

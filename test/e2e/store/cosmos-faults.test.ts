import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCosmosClient } from '../../../src/store/cosmos-client.ts';
import { cosmosDeadLetterStore } from '../../../src/store/cosmos-dead-letter-store.ts';
import { failingStoreChecks } from '../../../src/store/cosmos-health.ts';
import { cosmosProductStore } from '../../../src/store/cosmos-product-store.ts';
import { type DeadLetter, toDeadLetter } from '../../../src/store/dead-letter.ts';
import { StoreRefusedError, StoreUnavailableError } from '../../../src/store/store-errors.ts';
import { toItem } from '../../../src/sync/change.ts';
import { cosmosSettings, startTestCosmos, type TestCosmos } from '../../support/cosmos.ts';
import { deadLetterOf } from '../../support/dead-letters.ts';
import { httpDelivery } from '../../support/deliveries.ts';
import { type Fault, startFaultyProxy } from '../../support/faulty-proxy.ts';
import { changeFrom, updateOf } from '../../support/messages.ts';

let cosmos: TestCosmos;
beforeAll(async () => {
  cosmos = await startTestCosmos();
});
afterAll(() => cosmos.close());

/** The stores behind a proxy that does `fault` to calls for items with `method`. */
async function behind<Result>(
  fault: Fault,
  method: string,
  use: (stores: {
    products: ReturnType<typeof cosmosProductStore>;
    deadLetters: ReturnType<typeof cosmosDeadLetterStore>;
  }) => Promise<Result>,
): Promise<Result> {
  const proxy = await startFaultyProxy(cosmos.endpoint, ({ method: called, url }) =>
    called === method && url?.includes('/docs') ? fault : undefined,
  );
  const settings = cosmosSettings(cosmos.connectionString.replace(cosmos.endpoint, proxy.url));
  const client = await createCosmosClient(settings);
  const container = (id: string) => async () => client.database(settings.database).container(id);
  try {
    return await use({
      products: cosmosProductStore(container(settings.productsContainer)),
      deadLetters: cosmosDeadLetterStore(container(settings.deadLettersContainer)),
    });
  } finally {
    client.dispose();
    await proxy.close();
  }
}

const item = toItem(changeFrom(updateOf('FAULTY', 'AeroPress Go')), 14);

describe('answers of Cosmos DB', () => {
  it.each([400, 413])('%i refuses the item for good', async (status) => {
    const writing = behind({ kind: 'status', status }, 'POST', ({ products }) => products.create(item));
    await expect(writing).rejects.toThrow(StoreRefusedError);
  });

  it('400 with sub-status 1001 is our configuration, not the item', async () => {
    const fault: Fault = { kind: 'status', status: 400, subStatus: 1001 };
    const writing = behind(fault, 'POST', ({ products }) => products.create(item));
    await expect(writing).rejects.toThrow(StoreUnavailableError);
  });

  it.each([401, 403, 408, 410, 429, 449, 500, 503])('%i is worth trying again', async (status) => {
    const fault: Fault = { kind: 'status', status, retryAfterMs: 1 };
    await expect(behind(fault, 'POST', ({ products }) => products.create(item))).rejects.toThrow(
      StoreUnavailableError,
    );
    await expect(behind(fault, 'GET', ({ products }) => products.read('FAULTY'))).rejects.toThrow(
      `Cosmos DB cannot be used right now (${status}`,
    );
  });

  it.each([404, 409, 412])('%i on a replace means that the decision has to be made again', async (status) => {
    const replacing = behind({ kind: 'status', status }, 'PUT', ({ products }) =>
      products.replace(item, 'etag'),
    );
    expect(await replacing).toBe('conflict');
  });

  it('a hang ends with the signal of the invocation', async () => {
    const reading = behind({ kind: 'hang' }, 'GET', ({ products }) =>
      products.read('FAULTY', { signal: AbortSignal.timeout(30) }),
    );
    await expect(reading).rejects.toThrow(StoreUnavailableError);
  });

  it('a refused dead letter is never taken for kept', async () => {
    const rejection = { reason: 'invalid-json', detail: '', messageType: null, productId: null } as const;
    const deadLetter = toDeadLetter(httpDelivery(Buffer.from('[')), { ...rejection, issues: [] }, 30);
    const keeping = behind({ kind: 'status', status: 400 }, 'POST', ({ deadLetters }) =>
      deadLetters.keep(deadLetter),
    );
    await expect(keeping).rejects.toThrow(StoreUnavailableError);
  });
});

describe('a dead letter of a webhook that is sent again', () => {
  const at = (second: number): DeadLetter => {
    const time = `2026-11-22T12:00:0${second}.000Z`;
    return deadLetterOf(httpDelivery(Buffer.from('{"ProductID":"RACE"}'), { time, receivedAt: time }));
  };
  const item = () => cosmos.deadLetters.item(at(1).id, at(1).id);

  /** Keeps it where something else happens to the kept one between its read and its change. */
  function keepWhile(deadLetter: DeadLetter, meanwhile: () => Promise<unknown>): Promise<void> {
    const { id, database, items } = cosmos.deadLetters;
    const read = async () => {
      const answer = await item().read();
      await meanwhile();
      return answer;
    };
    const racing = { id, database, items, item: () => ({ read, replace: item().replace.bind(item()) }) };
    return cosmosDeadLetterStore(async () => racing as never).keep(deadLetter);
  }

  it('is created again when the kept one is removed meanwhile', async () => {
    await cosmos.stores.deadLetters.keep({ ...at(1), attempts: 7 });
    await keepWhile(at(2), () => item().delete());
    expect((await item().read()).resource).toMatchObject({ time: at(2).time, attempts: 1 });
    await item().delete();
  });

  it('never sets back one that has moved further meanwhile', async () => {
    await cosmos.stores.deadLetters.keep(at(1));
    await keepWhile(at(2), () => cosmos.stores.deadLetters.keep(at(3)));
    expect((await item().read()).resource).toMatchObject({ time: at(3).time });
    await item().delete();
  });

  it('is worth trying again after five changes by others in a row', async () => {
    await cosmos.stores.deadLetters.keep(at(1));
    let changes = 0;
    const keeping = keepWhile(at(2), async () => {
      changes += 1;
      await item().replace({ ...at(1), attempts: changes });
    });
    await expect(keeping).rejects.toThrow(StoreUnavailableError);
    expect(changes).toBe(5);
    await item().delete();
  });
});

describe('a client that cannot work', () => {
  it('names the status of a missing container on a write, and not on a read', async () => {
    const settings = { ...cosmos.settings, productsContainer: 'never-created' };
    const store = cosmosProductStore(async () =>
      cosmos.client.database(settings.database).container(settings.productsContainer),
    );
    expect(await store.read('ANY')).toBeNull();
    await expect(store.create(item)).rejects.toThrow('Cosmos DB cannot be used right now (404');
  });

  it('is made for an endpoint with a key and for managed identity without connecting', async () => {
    const endpoint = 'https://account.documents.azure.com:443/';
    for (const access of [
      { endpoint, key: 'a2V5LW9mLXRoZS10ZXN0cw==' } as const,
      { endpoint, key: undefined } as const,
    ]) {
      const client = await createCosmosClient({ ...cosmos.settings, access });
      client.dispose();
    }
  });
});

describe('health of the store', () => {
  const containers = (products: string, deadLetters: string) => ({
    products: async () => cosmos.client.database('catalog').container(products),
    deadLetters: async () => cosmos.client.database('catalog').container(deadLetters),
  });

  it('finds nothing wrong with the containers as they are created', async () => {
    expect(await failingStoreChecks(containers('products', 'dead-letters'))).toEqual([]);
  });

  it('names what is wrong with a container', async () => {
    const { database } = await cosmos.client.databases.createIfNotExists({ id: 'catalog' });
    await database.containers.createIfNotExists({
      id: 'wrong-key',
      partitionKey: { paths: ['/name'] },
      defaultTtl: -1,
    });
    await database.containers.createIfNotExists({ id: 'no-ttl', partitionKey: { paths: ['/id'] } });
    expect(await failingStoreChecks(containers('wrong-key', 'no-ttl'))).toEqual([
      'products-container-partition-key',
      'dead-letters-container-ttl',
    ]);
    expect(await failingStoreChecks(containers('products', 'missing'))).toEqual(['dead-letters-container']);
  });

  it('wants no default TTL for products, which have none of their own: it would remove them', async () => {
    const { database } = await cosmos.client.databases.createIfNotExists({ id: 'catalog' });
    await database.containers.createIfNotExists({
      id: 'an-hour',
      partitionKey: { paths: ['/id'] },
      defaultTtl: 3_600,
    });
    await database.containers.createIfNotExists({ id: 'off', partitionKey: { paths: ['/id'] } });
    expect(await failingStoreChecks(containers('an-hour', 'an-hour'))).toEqual(['products-container-ttl']);
    expect(await failingStoreChecks(containers('off', 'off'))).toEqual([
      'products-container-ttl',
      'dead-letters-container-ttl',
    ]);
  });

  it('says once that Cosmos DB does not answer', async () => {
    const client = await createCosmosClient(
      cosmosSettings('AccountEndpoint=http://127.0.0.1:1/;AccountKey=a2V5LW9mLXRoZS10ZXN0cw==;'),
    );
    const container = async () => client.database('catalog').container('products');
    expect(await failingStoreChecks({ products: container, deadLetters: container })).toEqual(['cosmos-db']);
    client.dispose();
  });
});

import { afterEach, beforeEach, expect, it } from 'vitest';
import { openOrderCloud } from '../../../cli/ordercloud/api.ts';
import { requestSyncs } from '../../../cli/resync/request-syncs.ts';
import { Failure } from '../../support/ordercloud/route.ts';
import { type OrderCloudServer, startOrderCloud } from '../../support/ordercloud/server.ts';

let orderCloud: OrderCloudServer;
beforeEach(async () => {
  orderCloud = await startOrderCloud();
  orderCloud.marketplace.productSync = { SyncProductChanged: true };
});
afterEach(() => orderCloud.close());

/** Asks for products of which OrderCloud fails at some, again and again; with what was told until the end. */
async function ask(ids: string[], failing: string[], interrupt = new AbortController()) {
  for (const ID of ids) orderCloud.marketplace.products.set(ID, { ID, Name: ID });
  orderCloud.onRequest = ({ body }) => {
    const { ProductID = '' } = (body ?? {}) as { ProductID?: string };
    if (failing.includes(ProductID)) throw new Failure(500, 'InternalServerError', 'No.');
    if (ProductID === 'INTERRUPT') interrupt.abort();
  };
  const api = openOrderCloud(orderCloud.settings, { signal: interrupt.signal, sleep: async () => {} });
  const told: [string, string | null][] = [];
  let failure: unknown = null;
  try {
    const options = { rate: 1000, signal: interrupt.signal };
    for await (const { productId, refusal } of requestSyncs(api, ids, options)) {
      told.push([productId, refusal?.code ?? null]);
    }
  } catch (error) {
    failure = error;
  }
  return { told, failure };
}

const FAILED = 'InternalServerError';

it('tells a product that OrderCloud fails at as refused, and goes on', async () => {
  expect(await ask(['A', 'B', 'C/D', 'E', 'F', 'G'], ['B', 'F', 'G'])).toEqual({
    told: [
      ['A', null],
      ['B', FAILED],
      ['C/D', 'UnstorableID'],
      ['E', null],
      ['F', FAILED],
      ['G', FAILED],
    ],
    failure: null,
  });
});

it('goes on behind several in a row, and counts anew from the next that works', async () => {
  const failing = ['B', 'C', 'D', 'E', 'G', 'H', 'I', 'J'];
  const { told, failure } = await ask(['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J', 'K'], failing);
  expect(failure).toBeNull();
  expect(told.filter(([, code]) => code === FAILED).map(([id]) => id)).toEqual(failing);
  expect(told).toHaveLength(11);
});

it('stops where OrderCloud fails at all of them, and tells none of these as refused', async () => {
  const failing = ['B', 'C', 'D', 'E', 'F', 'G'];
  const { told, failure } = await ask(['A', ...failing, 'H'], failing);
  expect(told).toEqual([['A', null]]);
  expect(failure).toMatchObject({ status: 500, code: FAILED });
  const asked = orderCloud.requests.map(({ body }) => (body as { ProductID: string }).ProductID);
  expect(asked).not.toContain('G');
});

it('tells none as refused that Ctrl-C leaves in doubt', async () => {
  const { told } = await ask(['A', 'B', 'INTERRUPT', 'C'], ['B']);
  expect(told).toEqual([['A', null]]);
});

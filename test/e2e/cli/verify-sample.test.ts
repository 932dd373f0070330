import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Account } from '../../../cli/common/account.ts';
import { processContext } from '../../../cli/common/context.ts';
import { openOrderCloud } from '../../../cli/ordercloud/api.ts';
import type { VerifyRun } from '../../../cli/verify/compare.ts';
import { sampleIds } from '../../../cli/verify/walk.ts';
import { type OrderCloudServer, startOrderCloud } from '../../support/ordercloud/server.ts';

let orderCloud: OrderCloudServer;
beforeEach(async () => {
  orderCloud = await startOrderCloud();
});
afterEach(() => orderCloud.close());

/** A marketplace of so many products, and a container with others. */
function sides(there: number, here: number): VerifyRun {
  for (let at = 0; at < there; at += 1) orderCloud.marketplace.products.set(`T-${at}`, { ID: `T-${at}` });
  const catalog = {
    async *ids() {
      for (let at = 0; at < here; at += 1) yield `H-${at}`;
    },
  };
  return {
    api: openOrderCloud(orderCloud.settings),
    account: { catalog } as Account,
    flags: { pause: 0, rate: 1 },
    context: processContext(),
    pricesExpected: true,
  };
}

it.each([
  // Of ten pages, the last of which is a short one.
  [950, 2000, 20, 10, 10],
  [950, 2000, 1600, 800, 800],
  [950, 2000, 1898, 949, 949],
  [950, 2000, 3000, 950, 1500],
  [101, 0, 200, 100, 0],
  [0, 7, 10, 0, 5],
])('of %i products there and %i here takes %i', async (there, here, size, fromThere, fromHere) => {
  const { ids, listed, stored } = await sampleIds(sides(there, here), size);
  expect({ listed, stored }).toEqual({ listed: fromThere, stored: fromHere });
  expect(new Set(ids).size).toBe(fromThere + fromHere);
});

import { type HttpHandler, HttpRequest } from '@azure/functions';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { productOffers } from '../../functions/product-offers.ts';
import { createApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { startTestCosmos, type TestCosmos } from '../support/cosmos.ts';
import { checkedAnswer } from '../support/leaks/check.ts';
import { invocationContext, recordingLog } from '../support/log.ts';
import { type OrderCloudServer, startOrderCloud } from '../support/ordercloud/server.ts';
import cases from '../unit/offer/cases.json' with { type: 'json' };

export type OffersAnswer = {
  status: number;
  headers: Record<string, string>;
  jsonBody: Record<string, unknown>;
};

/** The function `productOffers`, as a worker has it, with some products to ask for. */
export type OffersApp = {
  cosmos: TestCosmos;
  orderCloud: OrderCloudServer;
  /** What the app has logged since its start. */
  lines: string[];
  /** Asks for offers: as `BUYER`, unless it is told otherwise. */
  ask(body: unknown, authorization?: string | null): Promise<OffersAnswer>;
  /** Starts the app again, with nothing kept of the earlier one. */
  restart(env?: Record<string, string>): void;
};

type Doc = { pricing: { schedules: object[] }; sync: { time: string } };

export const MUG = {
  ...(cases.cases[0]?.doc as unknown as Doc),
  id: 'MUG',
  specs: [],
  marketplace: 'mp',
};
export const BUYER = { companyID: 'BUYER', marketplaceID: 'mp', groups: 'staff' };

export const schedule = (id: string, price: number, more = {}) => ({
  ...MUG.pricing.schedules[0],
  id,
  breaks: [{ from: 1, to: null, price, salePrice: null, subscriptionPrice: null, bundlePrice: null }],
  ...more,
});

export const items = (...ids: string[]) => ({ items: ids.map((productId) => ({ productId })) });

const SECRET_PRICE = 123.45;
const STORED = [
  {
    ...MUG,
    pricing: {
      defaultScheduleId: 'ps',
      schedules: [schedule('ps', 10), schedule('rival', SECRET_PRICE), schedule('staff-price', 7)],
      parties: [
        { type: 'company', id: 'RIVAL', sellerId: null, scheduleId: 'rival', order: 0 },
        { type: 'userGroup', id: 'Staff-2', sellerId: null, scheduleId: 'staff-price', order: 1 },
      ],
      sellers: [],
      display: null,
    },
  },
  { ...MUG, id: 'HIDDEN', buyerIds: ['RIVAL'] },
  { ...MUG, id: 'CHILD', parentId: 'PARENT', buyerIds: [], pricing: null },
  { ...MUG, id: 'SIBLING', parentId: 'PARENT', buyerIds: [], pricing: null },
  { ...MUG, id: 'PARENT', isParent: true },
  { ...MUG, id: 'ORPHAN', parentId: '..' },
  { id: 'GONE', deleted: true, sync: MUG.sync, ttl: 99 },
  { id: 'FOREIGN', name: 3, buyerIds: 'all' },
];

/** Starts the app for the tests of a file: each has an OrderCloud of its own, and all of them one Cosmos DB. */
export function offersApp(): OffersApp {
  const app = { ask, restart, lines: [] as string[] } as unknown as OffersApp;
  let handler: HttpHandler;

  beforeAll(async () => {
    app.cosmos = await startTestCosmos();
    for (const item of STORED) await app.cosmos.products.items.create(item);
  });
  afterAll(() => app.cosmos.close());
  beforeEach(async () => {
    app.orderCloud = await startOrderCloud();
    restart();
  });
  afterEach(() => app.orderCloud.close());

  function restart(env: Record<string, string> = {}): void {
    app.lines = [];
    const settings = {
      ORDERCLOUD_WEBHOOK_SECRETS: 'roast-1-of-the-tests',
      COSMOS_CONNECTION_STRING: app.cosmos.connectionString,
      ORDERCLOUD_MARKETPLACE_ID: 'mp',
      ORDERCLOUD_API_URL: app.orderCloud.url,
    };
    ({ handler } = productOffers(createApp(readConfig({ ...settings, ...env }), recordingLog())));
  }

  async function ask(
    body: unknown,
    authorization: string | null = `Bearer ${app.orderCloud.userInfo.issue(BUYER)}`,
  ): Promise<OffersAnswer> {
    const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
    const request = new HttpRequest({
      method: 'POST',
      url: 'http://localhost/api/offers',
      body: { bytes },
      headers: authorization === null ? {} : { authorization },
    });
    return checkedAnswer(await handler(request, invocationContext({}, app.lines))) as unknown as OffersAnswer;
  }

  return app;
}

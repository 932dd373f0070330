import { app } from '@azure/functions';
import { readAppSettings } from '../src/settings/app-settings.ts';
import { createCosmosClient } from '../src/store/cosmos-client.ts';

// What the load test compares with: a function on the same host and library that only parses and upserts, checks
// nothing and keeps no order.
app.setup({ enableHttpStream: true });

const read = readAppSettings(process.env);
if (read.settings === null) throw new Error(JSON.stringify(read.problems));
const { cosmos } = read.settings;
const client = createCosmosClient(cosmos);

app.http('productWebhook', {
  route: 'webhooks/products',
  methods: ['POST'],
  authLevel: 'function',
  handler: async (request) => {
    const { Payload: payload } = JSON.parse(await request.text());
    const products = (await client).database(cosmos.database).container(cosmos.productsContainer);
    await products.items.upsert({ ...payload, id: payload.ProductID });
    return { jsonBody: { outcome: 'upserted', productId: payload.ProductID } };
  },
});

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { offerFor } from '../src/offer/offer.ts';
import type { ProductItem } from '../src/product/document.ts';
import { offersAnswerer } from '../src/serve/answer-offers.ts';
import { signingKeys } from '../src/serve/signing-keys.ts';
import { tokenChecker } from '../src/serve/userinfo-token.ts';
import { cosmosProductStore } from '../src/store/cosmos-product-store.ts';
import { toItem } from '../src/sync/change.ts';
import { prepare } from '../src/sync/prepare.ts';
import { httpDelivery } from '../test/support/deliveries.ts';
import { startCosmosProcess } from './support/cosmos-process.ts';
import { differentMessages } from './support/events.ts';
import { interleave } from './support/interleave.ts';
import { report } from './support/report.ts';

const PRODUCTS = 100;
const BYTES = 13_000;
const BUYER = 'buyer-of-the-bench';

/** The function, a whole request of 100 products, and the check of a token. */
void report(async () => {
  const documents = differentMessages(BYTES, PRODUCTS).map(documentOf);
  const { apiUrl, token, close } = await startKeyServer();
  const cosmos = await startCosmosProcess();
  for (const document of documents) await cosmos.products.items.upsert(document);
  const products = cosmosProductStore(async () => cosmos.products);
  const settings = { apiUrl, marketplaceId: null, maxBodyBytes: 2_000_000, maxBodySeconds: 30 };
  const answer = offersAnswerer({ ...settings, maxOffersInFlight: 100 });
  const check = tokenChecker(settings, signingKeys(apiUrl));
  const body = JSON.stringify({ items: documents.map(({ id }) => ({ productId: id })) });
  const headers = { authorization: `Bearer ${token}` };
  const texts = documents.map((document) => JSON.stringify(document));
  const asked = { at: Date.UTC(2026, 5, 15), buyerId: BUYER, currency: 'USD' };

  const functions = await interleave(
    {
      parse: () => {
        for (const text of texts) JSON.parse(text);
      },
      offer: () => {
        for (const document of documents) {
          if (!offerFor(document, asked).visible) throw new Error('hidden');
        }
      },
    },
    { rounds: 40, runs: 3, warmupRounds: 10 },
  );
  const rounds = { rounds: 150, warmupRounds: 30 };
  // The Functions host makes the requests, not the app.
  const made = Array.from(
    { length: rounds.rounds + rounds.warmupRounds },
    () => new Request(`${apiUrl}/api/offers`, { method: 'POST', body, headers }),
  );
  // Nothing else in between: half of the time each meets the garbage of the other, and half of the time its own.
  const requests = await interleave(
    {
      request: async () => {
        const { status } = await answer(made.pop() as never, { products, log: () => {} });
        if (status !== 200) throw new Error(`status ${status}`);
      },
      reads: async () => {
        await Promise.all(documents.map(({ id }) => cosmos.products.item(id, id).read()));
      },
    },
    rounds,
  );
  const tokens = await interleave(
    {
      token: async () => {
        if (!(await check(headers.authorization)).ok) throw new Error('refused');
      },
    },
    rounds,
  );
  cosmos.close();
  close();
  const microseconds = (name: Parameters<typeof functions.time>[0]) =>
    (functions.time(name) / documents.length) * 1_000;
  return [
    { name: 'JSON.parse of the text of a document', value: microseconds('parse'), unit: 'µs' },
    { name: 'offerFor on it', value: microseconds('offer'), unit: 'µs' },
    {
      name: 'offerFor, against JSON.parse',
      value: functions.ratio('offer', 'parse'),
      unit: '×',
      target: { atMost: 0.2 },
    },
    { name: 'a request of 100 products', value: requests.time('request'), unit: 'ms' },
    { name: '100 bare point reads', value: requests.time('reads'), unit: 'ms' },
    {
      name: 'the request, against the reads',
      value: requests.ratio('request', 'reads'),
      unit: '×',
      target: { atMost: 1.15 },
    },
    { name: 'check of a token, with its key kept', value: tokens.time('token') * 1_000, unit: 'µs' },
  ];
});

function documentOf(message: Buffer): ProductItem {
  const prepared = prepare(httpDelivery(message), null);
  if (prepared.kind !== 'change') throw new Error('not a valid message');
  const item = toItem(prepared.change, 14);
  if ('deleted' in item) throw new Error('no product');
  return { ...item, active: true, parentId: null, buyerIds: [...item.buyerIds, BUYER] };
}

/** Where the keys of a token come from, and a token. */
async function startKeyServer() {
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
  const jwk = JSON.stringify(await exportJWK(publicKey));
  const server = createServer((_, response) => response.end(jwk)).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const token = await new SignJWT({ companyID: BUYER, currency: 'USD' })
    .setProtectedHeader({ alg: 'RS256', kid: 'key-of-the-bench' })
    .setAudience(apiUrl)
    .setExpirationTime('1h')
    .sign(privateKey);
  return { apiUrl, token, close: () => server.close() };
}

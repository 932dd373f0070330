import { CosmosClient } from '@azure/cosmos';
import { BlobServiceClient } from '@azure/storage-blob';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Azurite, startAzurite } from '../../local/azurite.ts';
import { type CosmosServer, startCosmosServer } from '../../local/cosmos-server.ts';
import { LOCAL_COSMOS_KEY, LOCAL_WEBHOOK_SECRET } from '../../local/defaults.ts';
import { startEventHubsBroker } from '../../local/event-hubs/broker.ts';
import { signatureOf } from '../../src/message/signature.ts';
import { envelope, PRODUCT_DELETED } from '../support/deliveries.ts';
import { type RawRequest, rawRequest } from '../support/http-client.ts';
import { checkedLines } from '../support/leaks/check.ts';
import { startTestStack, type TestStack } from '../support/stack.ts';

// Whatever a web page can send to a laptop while the local stack runs there.

let cosmos: CosmosServer;
let azurite: Azurite;
let servers: { name: string; url: string }[];

beforeAll(async () => {
  cosmos = await startCosmosServer();
  azurite = await startAzurite();
  const blobs = /BlobEndpoint=([^;]+);/.exec(azurite.connectionString)?.[1] ?? '';
  servers = [
    { name: 'Cosmos DB', url: cosmos.endpoint },
    { name: 'Azurite', url: blobs },
  ];
  const { database } = await sdk().databases.create({ id: 'catalog' });
  await database.containers.create({ id: 'products', partitionKey: '/id' });
});
afterAll(async () => {
  await Promise.all([cosmos.close(), azurite.close()]);
});

function sdk(): CosmosClient {
  const { endpoint } = cosmos;
  const connectionPolicy = { enableEndpointDiscovery: false };
  return new CosmosClient({ endpoint, key: LOCAL_COSMOS_KEY, connectionPolicy });
}

const REBOUND = ['evil.example', 'evil.example:8081', '127.0.0.1.evil.example', 'localhost.evil.example'];
const OWN = ['127.0.0.1', '127.0.0.1:8081', 'localhost:8081', 'LOCALHOST:1', '[::1]:8081', '127.1.2.3:80'];

/** What browsers send by themselves, and what a page may choose. */
const FOREIGN_PAGES: Record<string, RawRequest> = {
  'a request of another site': { headers: { origin: 'https://evil.example' } },
  'a request of a sandboxed page': { headers: { origin: 'null' } },
  'a request of another port here': { headers: { origin: 'http://127.0.0.1:3000' } },
  'a form of another site': { method: 'POST', headers: { origin: 'http://evil.example' } },
  'an image': { headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'image' } },
  'a script of another port here': { headers: { 'sec-fetch-site': 'same-site', 'sec-fetch-dest': 'script' } },
  'a frame': { headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'iframe' } },
  'a preflight': {
    method: 'OPTIONS',
    headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
  },
};

describe('what listens on this machine', () => {
  it.each(REBOUND)('refuses a page whose name %o resolves to 127.0.0.1', async (host) => {
    for (const { name, url } of servers) {
      const { status } = await rawRequest(url, { headers: { host, authorization: 'any' } });
      expect([name, status]).toEqual([name, 403]);
    }
  });

  it.each(Object.entries(FOREIGN_PAGES))('refuses %s', async (_, sent) => {
    for (const { name, url } of servers) {
      const { host } = new URL(url);
      const headers = { host, authorization: 'any', ...sent.headers };
      expect([name, (await rawRequest(url, { ...sent, headers })).status]).toEqual([name, 403]);
    }
  });

  it.each(OWN)('answers a program that calls it %s', async (host) => {
    for (const { url } of servers) {
      expect((await rawRequest(url, { headers: { host, authorization: 'any' } })).status).not.toBe(403);
    }
  });

  it('answers its own page, and a link from another one', async () => {
    for (const { url } of servers) {
      const { host, origin } = new URL(url);
      const own = { host, origin, 'sec-fetch-site': 'same-origin', authorization: 'any' };
      expect((await rawRequest(url, { headers: own })).status).not.toBe(403);
      const link = { host, 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'document' };
      expect((await rawRequest(url, { headers: link })).status).not.toBe(403);
    }
  });

  it('serves the SDKs as before', async () => {
    const { resource } = await sdk().database('catalog').container('products').items.create({ id: 'Ä b%2F' });
    expect(resource?.id).toBe('Ä b%2F');
    const blobs = BlobServiceClient.fromConnectionString(azurite.connectionString);
    await expect(blobs.createContainer('checkpoints')).resolves.toBeDefined();
  });
});

describe('the Cosmos DB server', () => {
  const marks = globalThis as { intruder?: string };
  const body = JSON.stringify({ id: 'f', body: 'function f() {}, globalThis.intruder = "was here"' });

  it.each([
    '/dbs/catalog/colls/products/udfs',
    '/dbs/catalog/colls/products/udfs/',
    '/dbs/catalog/colls/products/UDFS',
    '/DBS/catalog/COLLS/products/Udfs',
    '//dbs/catalog/colls/products/udfs',
    '///dbs/catalog/colls/products/udfs',
    '/dbs/catalog/colls/products//udfs',
    '/dbs/catalog/colls/products/%75dfs',
    '/dbs/catalog/colls/products/udf%73',
    '/dbs/catalog/colls/products%2Fudfs',
    '/dbs\\catalog\\colls\\products\\udfs',
    '/dbs/catalog/colls/products\\udfs',
    '/dbs/catalog/colls/products/docs/../udfs',
    '/dbs/catalog/colls/products/udfs?x=/docs',
    '/dbs/catalog/colls/products/udfs;/docs',
    '/dbs/catalog/colls/products/udfs#/docs',
    'http://127.0.0.1/dbs/catalog/colls/products/udfs',
    '/dbs/catalog/colls/products/udfs/f',
    '/dbs/catalog/colls/products/sprocs',
    '/dbs/catalog/colls/products/triggers',
  ])('runs no code sent to %s', async (path) => {
    for (const method of ['POST', 'PUT']) {
      for (const upsert of ['', 'true']) {
        const headers = { authorization: 'any', 'x-ms-documentdb-is-upsert': upsert };
        const { status } = await rawRequest(cosmos.endpoint, { path, method, headers, body });
        expect(status).toBeOneOf([400, 404]);
      }
    }
    expect(marks.intruder).toBeUndefined();
  });

  it('runs no code by the SDK, either', async () => {
    const { scripts } = sdk().database('catalog').container('products');
    const text = 'function f() {}, globalThis.intruder = "was here"';
    await expect(scripts.userDefinedFunctions.create({ id: 'f', body: text })).rejects.toThrow();
    await expect(scripts.storedProcedures.create({ id: 'f', body: text })).rejects.toThrow();
    expect(marks.intruder).toBeUndefined();
  });

  it('wants an authorization, which a page cannot add without asking first', async () => {
    for (const path of ['/', '/dbs', '/dbs/catalog/colls/products/docs']) {
      const answer = await rawRequest(cosmos.endpoint, { path });
      expect(answer).toEqual({ status: 401, body: expect.stringContaining('authorization is missing') });
    }
  });
});

describe('the Event Hubs broker', () => {
  it('cuts a page that speaks HTTP to it', async () => {
    const hub = { name: 'products', partitionCount: 1 };
    const broker = await startEventHubsBroker({ hub, log: checkedLines('log') });
    try {
      const sent = rawRequest(`http://127.0.0.1:${broker.port}`, { method: 'POST', body: 'AMQP' });
      await expect(sent).rejects.toThrow();
    } finally {
      await broker.close();
    }
  });
});

describe('the receiver, whose local secret is public: a web page can sign with it', () => {
  let stack: TestStack;
  beforeAll(async () => {
    stack = await startTestStack();
  });
  afterAll(() => stack.close());

  describe('a signed product.deleted', () => {
    const send = (headers: Record<string, string>) => {
      const body = envelope({ ProductID: 'WANTED' }, PRODUCT_DELETED);
      const { pathname: path, host } = new URL(stack.webhookUrl);
      const signed = { host, 'x-oc-hash': signatureOf(body, LOCAL_WEBHOOK_SECRET), ...headers };
      return rawRequest(stack.url, { method: 'POST', path, headers: signed, body: body.toString() });
    };

    it.each<[string, Record<string, string>]>([
      ['a page whose name resolves to 127.0.0.1', { host: 'evil.example:7071' }],
      ['a page of another site', { origin: 'https://evil.example' }],
      ['a page of another port here', { origin: 'http://127.0.0.1:1' }],
      ['a sandboxed page', { origin: 'null' }],
      ['a form without an Origin', { 'sec-fetch-site': 'cross-site' }],
      ['a page that asks for an unknown expectation', { host: 'evil.example', expect: 'the-best' }],
    ])('of %s is refused, and the product stays', async (_, headers) => {
      expect((await stack.post(envelope({ ProductID: 'WANTED' }))).status).toBe(200);
      expect((await send(headers)).status).toBe(403);
      expect(await stack.product('WANTED')).not.toHaveProperty('deleted');
    });

    it('of a program on this machine is taken', async () => {
      expect((await send({})).status).toBe(200);
      expect(await stack.product('WANTED')).toMatchObject({ deleted: true });
    });
  });
});

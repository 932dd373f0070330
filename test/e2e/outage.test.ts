import { afterEach, describe, expect, it } from 'vitest';
import { startCosmosServer } from '../../local/cosmos-server.ts';
import { containerDefinitions } from '../../src/operate/containers.ts';
import { createCosmosClient } from '../../src/store/cosmos-client.ts';
import { cosmosSettings, startTestCosmos } from '../support/cosmos.ts';
import { envelope } from '../support/deliveries.ts';
import { type Fault, startFaultyProxy } from '../support/faulty-proxy.ts';
import { startTestStack, type TestStack } from '../support/stack.ts';

const cleanUps: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** The stack on a Cosmos DB that the test, not the stack, starts and stops. */
async function stackOn(connectionString: string, env: Record<string, string> = {}): Promise<TestStack> {
  const stack = await startTestStack({ env: { COSMOS_CONNECTION_STRING: connectionString, ...env } });
  cleanUps.push(() => stack.close());
  return stack;
}

async function stackBehindFaults(faultFor: () => Fault | undefined, env: Record<string, string> = {}) {
  const cosmos = await startTestCosmos();
  cleanUps.push(() => cosmos.close());
  const proxy = await startFaultyProxy(cosmos.endpoint, ({ url }) =>
    url?.includes('/docs') ? faultFor() : undefined,
  );
  cleanUps.push(() => proxy.close());
  return stackOn(cosmos.connectionString.replace(cosmos.endpoint, proxy.url), env);
}

const product = (id: string) => envelope({ ProductID: id, Name: 'Cold Brew Tower' });

describe('Cosmos DB unreachable at start', () => {
  it('is told by health, answered with 503, and forgotten as soon as it is back', async () => {
    const first = await startCosmosServer();
    const { port } = new URL(first.endpoint);
    await first.close();
    const stack = await stackOn(first.connectionString);

    const sick = await fetch(stack.healthUrl);
    expect([sick.status, await sick.json()]).toEqual([503, { status: 'unhealthy', failing: ['cosmos-db'] }]);
    const refused = await stack.post(product('TOWER'));
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await refused.json()).toMatchObject({ reason: 'temporarily-unavailable' });

    const back = await startCosmosServer({ port: Number(port) });
    cleanUps.push(() => back.close());
    const settings = cosmosSettings(back.connectionString);
    const client = await createCosmosClient(settings);
    const { database } = await client.databases.create({ id: settings.database });
    for (const definition of containerDefinitions(settings)) await database.containers.create(definition);
    client.dispose();

    expect((await stack.post(product('TOWER'))).status).toBe(200);
    expect(await stack.product('TOWER')).toMatchObject({ name: 'Cold Brew Tower' });
    await expect.poll(async () => (await fetch(stack.healthUrl)).status, { timeout: 10_000 }).toBe(200);
  });
});

describe('Cosmos DB answering with faults', () => {
  it.each([
    ['429', { kind: 'status', status: 429, retryAfterMs: 1 }],
    ['449', { kind: 'status', status: 449 }],
    ['503', { kind: 'status', status: 503 }],
    ['a reset connection', { kind: 'reset' }],
    ['a write that happened and was not confirmed', { kind: 'reset-after' }],
  ] as [string, Fault][])('%s, twice: the message is stored all the same', async (_, fault) => {
    let left = 2;
    const stack = await stackBehindFaults(() => {
      left -= 1;
      return left >= 0 ? fault : undefined;
    });
    expect((await stack.post(product('TOWER'))).status).toBe(200);
    expect(await stack.product('TOWER')).toMatchObject({ name: 'Cold Brew Tower' });
  });

  it.each([
    ['503', { kind: 'status', status: 503 }],
    ['no answer at all', { kind: 'hang' }],
  ] as [string, Fault][])(
    '%s, for good: 503 after about five seconds, and the next message in line is taken',
    async (_, fault) => {
      let isSick = true;
      const stack = await stackBehindFaults(() => (isSick ? fault : undefined));
      const refused = await stack.post(product('TOWER'));
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
      isSick = false;
      expect((await stack.post(product('TOWER'))).status).toBe(200);
    },
  );

  it('answers 503 at once when as many webhooks as allowed are in flight', async () => {
    let reached = () => {};
    const firstCall = new Promise<void>((resolve) => {
      reached = resolve;
    });
    const stack = await stackBehindFaults(
      () => {
        reached();
        return { kind: 'delay', ms: 200 };
      },
      { MAX_WEBHOOKS_IN_FLIGHT: '1' },
    );
    const waiting = stack.post(product('TOWER'));
    await firstCall;
    const refused = await stack.post(product('OTHER'));
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await refused.json()).toMatchObject({ reason: 'too-many-in-flight' });
    expect((await waiting).status).toBe(200);
    expect((await stack.post(product('OTHER'))).status).toBe(200);
  });
});

describe('settings that are wrong', () => {
  it('leave the app running and saying that it is not ready, without a value in the log', async () => {
    const cosmos = await startTestCosmos();
    cleanUps.push(() => cosmos.close());
    const stack = await startTestStack({
      env: { MAX_BODY_BYTES: 'plenty', COSMOS_ENDPOINT: 'nowhere' },
    }).catch((error: unknown) => error);
    expect(String(stack)).toContain('MAX_BODY_BYTES must be a whole number from 1 to 104857600');
    expect(String(stack)).toContain('COSMOS_ENDPOINT must be a URL');
    expect(String(stack)).not.toMatch(/plenty|nowhere/);
  });
});

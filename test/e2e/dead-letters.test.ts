import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { eventHubTransport } from '../../cli/send/event-hub.ts';
import { sendAll } from '../../cli/send/send-all.ts';
import { startTestCosmos } from '../support/cosmos.ts';
import { deadLetterFor } from '../support/dead-letters.ts';
import { envelope, PRODUCT_UPDATED } from '../support/deliveries.ts';
import { startFaultyProxy } from '../support/faulty-proxy.ts';
import { startProgram } from '../support/run-program.ts';
import { startTestStack, type TestStack } from '../support/stack.ts';

/** Starts the command in a process of its own. */
function start(connectionString: string, ...args: string[]) {
  const env = {
    COSMOS_CONNECTION_STRING: connectionString,
    ORDERCLOUD_MARKETPLACE_ID: 'roastery',
  };
  return startProgram(['dead-letters', ...args], { env });
}

type Listed = { id: string; productId: string; reason: string; attempts: number; stream: string };

describe('an operator, after the app ran with a wrong ORDERCLOUD_MARKETPLACE_ID', { timeout: 60_000 }, () => {
  let stack: TestStack;
  beforeAll(async () => {
    stack = await startTestStack({ eventHubs: true, env: { ORDERCLOUD_MARKETPLACE_ID: 'mistyped' } });
    const product = (ProductID: string, more = {}) =>
      JSON.stringify({ ProductID, Marketplace: 'roastery', Name: ProductID, ...more });
    await stack.post(envelope(JSON.parse(product('BY-WEBHOOK'))));
    const { connectionString = '', hub = '' } = stack.eventHubs ?? {};
    const flags = { connectionString, hub, type: PRODUCT_UPDATED };
    const transport = eventHubTransport(flags, {});
    const bodies = [product('BY-EVENT'), product('INVALID', { Name: 3 })];
    const messages = bodies.map((body) => ({ source: '', body: Buffer.from(body) }));
    expect(await sendAll({ transport, messages })).toMatchObject({ succeeded: 2 });
    await transport.close?.();
    const isKept = (line: string) => line.includes('"deadLetterId"');
    await vi.waitFor(() => expect(stack.logLines.filter(isKept)).toHaveLength(3), { timeout: 20_000 });
  });
  afterAll(() => stack.close());

  const run = (...args: string[]) => start(stack.cosmos?.connectionString ?? '', ...args).ended;

  async function listed(...filter: string[]): Promise<Listed[]> {
    const { code, stdout, stderr } = await run('list', '--json', ...filter);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return JSON.parse(stdout);
  }

  it('sees what was kept, mends it, looks at the rest and deletes it', async () => {
    const kept = await listed('--since', '1h', '--reason', 'wrong-marketplace');
    expect(kept.map(({ productId }) => productId).sort()).toEqual(['BY-EVENT', 'BY-WEBHOOK']);

    const replayed = await run('replay', '--reason', 'wrong-marketplace');
    expect(replayed).toMatchObject({ code: 0, stderr: '' });
    expect(replayed.stdout).toContain('2 processed (2 created), 0 not.');
    const streamOf = (id: string) => kept.find(({ productId }) => productId === id)?.stream;
    for (const id of ['BY-WEBHOOK', 'BY-EVENT']) {
      expect(await stack.product(id)).toMatchObject({ name: id, sync: { stream: streamOf(id) } });
    }

    const [invalid, ...others] = await listed();
    expect(others).toEqual([]);
    const shortId = invalid?.id.slice(0, 8) ?? '';
    expect(await run('replay', shortId)).toMatchObject({ code: 1 });
    expect(await listed('--product', 'INVALID')).toMatchObject([{ reason: 'invalid-message', attempts: 2 }]);
    const body = JSON.parse((await run('show', shortId, '--body')).stdout);
    expect(body).toEqual({ ProductID: 'INVALID', Marketplace: 'roastery', Name: 3 });

    const unasked = await run('delete', shortId);
    expect(unasked).toMatchObject({ code: 2, stdout: '' });
    expect(unasked.stderr).toContain('there is no terminal to ask at: pass --yes.');
    expect(await run('delete', shortId, '--yes')).toMatchObject({ code: 0, stderr: '' });
    expect(await listed()).toEqual([]);
  });
});

describe('the command', { timeout: 30_000 }, () => {
  const nowhere = 'AccountEndpoint=http://127.0.0.1:1/;AccountKey=a2V5LW9mLXRoZS10ZXN0cw==;';

  it('explains itself', async () => {
    const { code, stdout } = await start(nowhere, '--help').ended;
    expect(code).toBe(0);
    expect(stdout).toContain('local.settings.json');
  });

  it.each([
    [[], 'Usage: ordercloud-product-sync dead-letters'],
    [['list', '--reason', 'bad'], "'bad' is invalid. Allowed choices are invalid-json,"],
    [['list', '--since', 'yesterday'], 'It must be a time back from now'],
    [['replay'], 'error: Name the dead letters by ID'],
  ])('with %j ends with 2, before anything is asked of the account', async (args, message) => {
    const { code, stdout, stderr } = await start(nowhere, ...args).ended;
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
  });

  it('ends with 1 where the account cannot be reached', async () => {
    expect(await start(nowhere, 'list').ended).toEqual({
      code: 1,
      stdout: '',
      stderr: 'error: Nothing listens at http://127.0.0.1:1.\n',
    });
  });

  it('stops between two products on Ctrl-C, and tells what was done', async () => {
    const cosmos = await startTestCosmos();
    onTestFinished(() => cosmos.close());
    const kept = Array.from({ length: 60 }, (_, sequence) => deadLetterFor(`MUG-${sequence}`, { sequence }));
    for (const one of kept) await cosmos.stores.deadLetters.keep(one);
    let interrupt = () => {};
    const proxy = await startFaultyProxy(cosmos.endpoint, ({ method }) => {
      // The first dead letter is being removed: its product is stored.
      if (method === 'DELETE') interrupt();
      return undefined;
    });
    onTestFinished(() => proxy.close());
    const connectionString = cosmos.connectionString.replace(cosmos.endpoint, proxy.url);
    const { child, ended } = start(
      connectionString,
      'replay',
      '--reason',
      'wrong-marketplace',
      '--allow-old',
      '--json',
    );
    interrupt = () => void child.kill('SIGINT');

    const { code, stdout } = await ended;
    expect(code).toBe(130);
    const { processed, notTried } = JSON.parse(stdout);
    expect(processed).toBeGreaterThan(0);
    expect(notTried).toBe(60 - processed);
    const count = 'SELECT VALUE COUNT(1) FROM c';
    const { resources: left } = await cosmos.deadLetters.items.query<number>(count).fetchAll();
    expect(left).toEqual([notTried]);
  });
});

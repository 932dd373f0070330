import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { resync } from '../../../cli/resync/run.ts';
import { verify } from '../../../cli/verify/run.ts';
import { untilAborted } from '../../../src/until-aborted.ts';
import { startTestCosmos, type TestCosmos } from '../../support/cosmos.ts';
import { type FaultyProxy, startFaultyProxy } from '../../support/faulty-proxy.ts';
import { type OrderCloudServer, startOrderCloud } from '../../support/ordercloud/server.ts';
import { runAt } from '../../support/run-command.ts';
import { startProgram } from '../../support/run-program.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** A call that hangs is given up by itself after 10 s, and made again. */
const AT_ONCE_MS = 5_000;

let cosmos: TestCosmos;
let proxy: FaultyProxy;
let orderCloud: OrderCloudServer;
/** Told of each call to Cosmos DB; true lets it hang. */
let hangs: (path: string) => boolean;

beforeAll(async () => {
  cosmos = await startTestCosmos();
});
afterAll(() => cosmos.close());

beforeEach(async () => {
  hangs = () => false;
  // One for each test: calls that a test before left hanging are made again, and would press Ctrl-C too early in this one.
  proxy = await startFaultyProxy(cosmos.endpoint, ({ url = '' }) =>
    hangs(url) ? { kind: 'hang' } : undefined,
  );
  orderCloud = await startOrderCloud({ deliver: async () => {} });
  const { marketplace } = orderCloud;
  marketplace.deliveryConfigs.set('sync', { ID: 'sync', Enabled: true, DeliveryTargets: {} });
  marketplace.productSync = { DeliveryConfigID: 'sync', SyncProductChanged: true, SyncProductDeleted: true };
  marketplace.products.set('MUG', { ID: 'MUG', Name: 'MUG', Active: true });
});
afterEach(async () => {
  await proxy.close();
  await orderCloud.close();
});

const env = () => ({
  ...orderCloud.env,
  COSMOS_CONNECTION_STRING: cosmos.connectionString.replace(cosmos.endpoint, proxy.url),
});

const isRead = (path: string) => path.includes('/docs');

/** Runs a command, and presses Ctrl-C when Cosmos DB hangs at a call. */
async function interrupted(command: Parameters<typeof runAt>[1], isHanging = isRead) {
  const interrupt = new AbortController();
  let interruptedAt = 0;
  hangs = (path) => {
    if (!isHanging(path)) return false;
    interruptedAt ||= performance.now();
    interrupt.abort();
    return true;
  };
  const ended = await runAt({ env: env(), interrupt }, command);
  expect(interruptedAt).toBeGreaterThan(0);
  expect(performance.now() - interruptedAt).toBeLessThan(AT_ONCE_MS);
  return ended;
}

describe('Ctrl-C while Cosmos DB does not answer', () => {
  it('ends verify while it reads the container', async () => {
    const flags = { pause: 0, rate: 1000 };
    expect(await interrupted((at) => verify(flags, at))).toMatchObject({ exitCode: 130 });
  });

  it('ends verify while it looks again, one by one', async () => {
    const flags = { pause: 0, rate: 1000 };
    const isOneItem = (path: string) => path.endsWith('/docs/MUG');
    expect(await interrupted((at) => verify(flags, at), isOneItem)).toMatchObject({ exitCode: 130 });
  });

  it('ends resync --wait, before it asks and while it waits', async () => {
    const run: Parameters<typeof runAt>[1] = (at) => resync(['MUG'], { rate: 1000, wait: true }, at);
    const ended = { exitCode: 130, error: null, stdout: expect.stringContaining('asked to send') };
    expect(await interrupted(run)).toMatchObject(ended);
    const isAsked = (path: string) =>
      isRead(path) && orderCloud.requests.some(({ path }) => path.endsWith('/sync'));
    expect(await interrupted(run, isAsked)).toMatchObject(ended);
  });

  it('ends the process, with 130', async () => {
    const { child, ended } = startProgram(['status'], { cwd: await temporaryFolder(), env: env() });
    let interruptedAt = 0;
    hangs = (path) => {
      if (!isRead(path)) return false;
      interruptedAt ||= performance.now();
      child.kill('SIGINT');
      return true;
    };
    expect(await ended).toEqual({ code: 130, stdout: '', stderr: 'Interrupted.\n' });
    expect(performance.now() - interruptedAt).toBeLessThan(AT_ONCE_MS);
  }, 30_000);
});

it('hears nothing of what fails after Ctrl-C', async () => {
  const interrupt = new AbortController();
  interrupt.abort();
  const failing = Promise.reject(new Error('too late'));
  await expect(untilAborted(failing, interrupt.signal)).rejects.toThrow();
  await expect(untilAborted(new Promise(() => {}), interrupt.signal)).rejects.toMatchObject({
    name: 'AbortError',
  });
});

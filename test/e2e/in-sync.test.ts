import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runConnect as connect } from '../../cli/connect/run.ts';
import type { ResyncFlags } from '../../cli/resync/choose.ts';
import { resync } from '../../cli/resync/run.ts';
import { type StatusFlags, status } from '../../cli/status/run.ts';
import type { VerifyFlags } from '../../cli/verify/compare.ts';
import { verify } from '../../cli/verify/run.ts';
import { LOCAL_WEBHOOK_SECRET } from '../../local/defaults.ts';
import { type OrderCloudServer, startOrderCloud } from '../support/ordercloud/server.ts';
import { type Options, runAt } from '../support/run-command.ts';
import { startProgram } from '../support/run-program.ts';
import { startTestStack, type TestStack } from '../support/stack.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

describe('a marketplace and its container', { timeout: 60_000 }, () => {
  let stack: TestStack;
  let orderCloud: OrderCloudServer;
  beforeEach(async () => {
    stack = await startTestStack();
    orderCloud = await startOrderCloud();
  });
  afterEach(async () => {
    await orderCloud.close();
    await stack.close();
  });

  const env = () => ({
    ...orderCloud.env,
    COSMOS_CONNECTION_STRING: stack.cosmos?.connectionString ?? '',
    ORDERCLOUD_WEBHOOK_SECRETS: LOCAL_WEBHOOK_SECRET,
  });
  const at = (more: Partial<Options> = {}): Options => ({ env: env(), ...more });
  const runConnect = () => {
    const flags = { url: stack.webhookUrl, functionKey: false, yes: true } as const;
    return runAt(at(), (surroundings) => connect('Http', flags, surroundings));
  };
  const runResync = (ids: string[], flags: Partial<ResyncFlags> = {}, more?: Partial<Options>) =>
    runAt(at(more), (surroundings) => resync(ids, { rate: 1000, ...flags }, surroundings));
  const runVerify = (flags: Partial<VerifyFlags> = {}, more?: Partial<Options>) =>
    runAt(at(more), (surroundings) => verify({ pause: 0, rate: 1000, ...flags }, surroundings));
  const runStatus = (flags: StatusFlags = {}) => runAt(at(), (surroundings) => status(flags, surroundings));

  it('come together by the first load, stay together by messages, and are repaired where a message was lost', async () => {
    const { marketplace, outbox } = orderCloud;
    marketplace.priceSchedules.set('ps-mug', {
      ID: 'ps-mug',
      Name: 'Mug',
      Currency: 'USD',
      PriceBreaks: [{ Quantity: 1, Price: 12 }],
    });
    for (const [ID, Name] of [
      ['MUG', 'Mug'],
      ['CUP', 'Cup'],
      ['POT', 'Pot'],
    ]) {
      marketplace.products.set(String(ID), { ID, Name, Active: true, DefaultPriceScheduleID: 'ps-mug' });
    }
    expect(await runStatus()).toMatchObject({ exitCode: 1, error: null });
    expect(await runConnect()).toMatchObject({ exitCode: 0, error: null });
    expect(await runStatus()).toMatchObject({ exitCode: 0, error: null });

    expect(await runResync([], { all: true, yes: true })).toMatchObject({ exitCode: 0, error: null });
    await outbox.settled();
    const inSync = await runVerify();
    expect(inSync).toMatchObject({ exitCode: 0, error: null });
    expect(inSync.stdout).toBe('3 products compared: the container is as OrderCloud is.\n');

    const waited = await runResync(['MUG'], { wait: true, json: true });
    expect(waited).toMatchObject({ exitCode: 0, error: null });
    expect(JSON.parse(waited.stdout).arrivals).toMatchObject([{ productId: 'MUG', kind: 'arrived' }]);

    // Messages that were lost: one of a change, one of a deletion, one of a new product.
    marketplace.products.set('CUP', { ...marketplace.products.get('CUP'), Name: 'Cup, large' });
    marketplace.products.delete('POT');
    marketplace.products.set('JAR', { ID: 'JAR', Name: 'Jar', Active: true });
    const differing = await runVerify({ json: true });
    expect(differing.exitCode).toBe(1);
    expect(JSON.parse(differing.stdout)).toMatchObject({ missing: 1, extra: 1, differing: 1, repair: null });

    const repaired = await runVerify({ repair: true, yes: true });
    expect(repaired).toMatchObject({ exitCode: 0, error: null });
    expect(await stack.product('CUP')).toMatchObject({ name: 'Cup, large' });
    expect(await stack.product('JAR')).toMatchObject({ name: 'Jar' });
    expect(await stack.product('POT')).toMatchObject({
      deleted: true,
      sync: { transport: 'verify', stream: 'verify', sequence: null },
    });
    expect(await runVerify()).toMatchObject({ exitCode: 0 });

    const after = await runStatus({ json: true });
    expect(after.exitCode).toBe(0);
    expect(JSON.parse(after.stdout)).toMatchObject({
      container: {
        side: { products: 3, tombstones: 1, deadLetters: 0, lastMessages: [{ transport: 'http' }] },
      },
      health: { isHealthy: true },
    });
  });

  it('are loaded by a command that can be interrupted at any time, and goes on', async () => {
    const ids = Array.from({ length: 120 }, (_, number) => `BEAN-${String(number).padStart(3, '0')}`);
    for (const ID of ids) orderCloud.marketplace.products.set(ID, { ID, Name: ID, Active: true });
    expect(await runConnect()).toMatchObject({ exitCode: 0, error: null });
    const folder = await temporaryFolder();
    const start = () =>
      startProgram(['resync', '--all', '--yes', '--rate', '100'], { cwd: folder, env: env() });
    const first = start();
    orderCloud.onRequest = ({ body }) => {
      if ((body as { ProductID?: string } | undefined)?.ProductID === 'BEAN-020') first.child.kill('SIGINT');
    };
    const stopped = await first.ended;
    expect(stopped.code).toBe(130);
    expect(stopped.stdout).toContain('To go on, run the same command again');

    orderCloud.onRequest = () => {};
    const second = await start().ended;
    expect(second.code).toBe(0);
    expect(second.stderr).toContain('Going on after');
    expect(second.stdout).toContain('OrderCloud was asked to send 120 products.');
    await orderCloud.outbox.settled();
    expect(await stack.product('BEAN-000')).toMatchObject({ name: 'BEAN-000' });
    expect(await stack.product('BEAN-119')).toMatchObject({ name: 'BEAN-119' });
    // Once more at most, what was on its way when the command was interrupted.
    expect(orderCloud.requests.filter(({ path }) => path.endsWith('/sync')).length).toBeLessThanOrEqual(121);
  });
});

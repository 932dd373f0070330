import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { CommandContext } from '../../../../cli/common/context.ts';
import { deleteConfig, getConfig, patchConfig, putConfig } from '../../../../cli/sync-config/run.ts';
import { type OrderCloudServer, startOrderCloud } from '../../../support/ordercloud/server.ts';
import { type Options, runAt } from '../../../support/run-command.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

let server: OrderCloudServer;

beforeEach(async () => {
  server = await startOrderCloud();
  server.marketplace.deliveryConfigs.set('app', { ID: 'app', Name: 'App', DeliveryTargets: {} });
  server.marketplace.productSync = {
    SyncProductChanged: true,
    SyncProductDeleted: true,
    DeliveryConfigID: 'app',
    Paused: false,
    ExcludePriceSchedules: false,
    ConfigData: { ApiKey: 'hidden-in-config-data', Level: 1 },
    Since: 2026,
  };
});

afterEach(() => server.close());

async function run(command: (at: CommandContext) => Promise<number>, options: Partial<Options> = {}) {
  const ended = await runAt({ env: server.env, ...options }, command);
  return { ...ended, code: ended.exitCode, message: ended.error ?? '' };
}

const writes = () => server.requests.filter(({ method }) => method !== 'GET');
async function helpOf(command: string): Promise<string> {
  const { pause, resume, program } = await import('../../../../cli/sync-config/command.ts');
  const [name, subcommand] = command.split(' ');
  const found = [pause, resume, program].find((each) => each.name() === name);
  const shown = subcommand ? found?.commands.find((each) => each.name() === subcommand) : found;
  return shown?.helpInformation() ?? '';
}

const patch = (assignments: string[], options?: Partial<Options>, flags = {}) =>
  run((at) => patchConfig(assignments, flags, at), options);

async function put(content: unknown, options: Partial<Options> = {}, flags = {}) {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  const folder = await temporaryFolder({ 'sync.json': text });
  return run((at) => putConfig('sync.json', flags, at), { folder, ...options });
}

describe('sync-config get', () => {
  it('prints the configuration as JSON, also what it does not know, and no secret', async () => {
    const { code, stdout } = await run(getConfig);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      ...server.marketplace.productSync,
      ConfigData: { ApiKey: '********', Level: 1 },
    });
  });

  it('marks what it hides, at any depth, so that put takes none of it for the value', async () => {
    const ConfigData = {
      Plain: 'https://feeds.example/a',
      Keyed: 'https://feeds.example/a?code=hidden-query',
      Feeds: [
        { Url: 'https://user:hidden-password@feeds.example/a#hidden-fragment' },
        'amqps://user:hidden-password@feeds.example/a',
      ],
      ApiToken: ['hidden-in-a-list', { Value: 'hidden-below-a-secret' }],
    };
    server.marketplace.productSync = { ...server.marketplace.productSync, ConfigData };
    const { stdout } = await run(getConfig);
    expect(stdout).not.toContain('hidden-');
    const shown = JSON.parse(stdout);
    expect(shown.ConfigData).toEqual({
      Plain: 'https://feeds.example/a',
      Keyed: 'https://feeds.example/a?********',
      Feeds: [{ Url: 'https://********@feeds.example/a#********' }, 'amqps://********@feeds.example/a'],
      ApiToken: ['********', { Value: '********' }],
    });
    for (const [path, hidden] of [
      ['ConfigData.Keyed', { Keyed: shown.ConfigData.Keyed }],
      ['ConfigData.Feeds', { Feeds: shown.ConfigData.Feeds }],
      ['ConfigData.ApiToken', { ApiToken: shown.ConfigData.ApiToken }],
    ] as const) {
      const refused = await put({ ...shown, ConfigData: hidden }, {}, { yes: true });
      expect([refused.code, refused.message]).toEqual([2, expect.stringContaining(`${path} is hidden`)]);
      const unpatched = await patch([`ConfigData=${JSON.stringify(hidden)}`]);
      expect([unpatched.code, unpatched.message]).toEqual([2, expect.stringContaining(`${path} is hidden`)]);
    }
    expect(writes()).toEqual([]);
    const { code } = await put(
      { ...shown, ConfigData: { Plain: shown.ConfigData.Plain } },
      {},
      { yes: true },
    );
    expect(code).toBe(0);
    const shownChange = await patch(['ConfigData="amqps://user:hidden-password@feeds.example/a"']);
    expect([shownChange.code, shownChange.stdout]).toEqual([0, expect.not.stringContaining('hidden-')]);
  });

  it('says what to do where there is none', async () => {
    server.marketplace.productSync = null;
    const { code, message } = await run(getConfig);
    expect(code).toBe(1);
    expect(message).toContain('ordercloud-product-sync connect');
  });
});

describe('sync-config patch', () => {
  it('changes what is named and nothing else', async () => {
    const { code, stdout } = await patch(['paused=TRUE', 'ConfigData={"Level":2}']);
    expect(code).toBe(0);
    expect(writes().map(({ method, body }) => [method, body])).toEqual([
      ['PATCH', { Paused: true, ConfigData: { Level: 2 } }],
    ]);
    expect(server.marketplace.productSync).toMatchObject({ Paused: true, Since: 2026 });
    expect(stdout).toMatch(/~ Paused +false → true/);
    expect(stdout).not.toContain('hidden-in-config-data');
  });

  it('writes nothing where it is so already', async () => {
    const { code, stdout } = await patch(['Paused=false']);
    expect([code, writes()]).toEqual([0, []]);
    expect(stdout).toBe('Nothing to change.\n');
  });

  it('takes --yes, and writes nothing in a dry run', async () => {
    const dry = await patch(['Paused=true'], {}, { dryRun: true });
    expect([dry.code, writes()]).toEqual([0, []]);
    expect(dry.stdout).toMatch(/~ Paused +false → true\nA dry run: nothing was changed\./);
    for (const command of ['sync-config patch', 'resume', 'pause'])
      expect(await helpOf(command)).toMatch(/--dry-run[\s\S]*--yes/);
  });

  it('prints JSON alone with --json', async () => {
    const { stdout } = await patch(['Paused=true'], {}, { json: true });
    expect(JSON.parse(stdout)).toMatchObject({
      written: true,
      changes: [{ path: 'Paused', from: false, to: true }],
    });
  });

  it.each([
    ['Paused'],
    ['Pause=true'],
    ['Paused=yes'],
    ['DeliveryConfigID='],
    ['ConfigData={'],
    ['Paused=true', 'paused=false'],
  ])('refuses %s %s before it talks to OrderCloud', async (...assignments) => {
    const { code } = await patch(assignments.filter((each) => each !== undefined));
    expect([code, server.tokens.issued]).toEqual([2, 0]);
  });

  it('shows what OrderCloud refuses, and that nothing was changed', async () => {
    const { code, message } = await patch(['DeliveryConfigID=nowhere']);
    expect(code).toBe(1);
    expect(message).toMatch(/404 NotFound: DeliveryConfig nowhere not found .*Nothing was changed\.$/);
  });

  it('writes nothing over what somebody else has changed in the meantime', async () => {
    let reads = 0;
    server.onRequest = ({ method }) => {
      if (method === 'GET') reads += 1;
      if (reads === 2)
        server.marketplace.productSync = { ...server.marketplace.productSync, DeliveryConfigID: 'x' };
    };
    const { code, message } = await patch(['Paused=true']);
    expect([code, writes()]).toEqual([1, []]);
    expect(message).toContain('DeliveryConfigID  "app" → "x"');
  });
});

describe('sync-config put', () => {
  const whole = { SyncProductChanged: true, SyncProductDeleted: false, DeliveryConfigID: 'app' };

  it('shows what would go and come, asks, and replaces the whole', async () => {
    const { code, stdout, questions } = await put(whole, { answer: 'yes' });
    expect(code).toBe(0);
    expect(questions).toEqual([`Replace the configuration in ${server.url}?`]);
    expect(stdout).toMatch(/- Since +2026/);
    expect(stdout).toMatch(/~ SyncProductDeleted +true → false/);
    expect(server.marketplace.productSync).not.toHaveProperty('Since');
  });

  it.each([
    ['no', 1],
    ['interrupted', 130],
  ] as const)('changes nothing on %s', async (answer, exitCode) => {
    const { code, stderr, message } = await put(whole, { answer });
    expect([code, writes()]).toEqual([exitCode, []]);
    expect(stderr + message).toContain('Nothing was changed.');
  });

  it('names --yes where there is no terminal', async () => {
    const { code, message } = await put(whole);
    expect(code).toBe(2);
    expect(message).toContain('--yes');
  });

  it('creates what is not there', async () => {
    server.marketplace.productSync = null;
    await put(whole, {}, { yes: true });
    expect(server.marketplace.productSync).toMatchObject(whole);
  });

  it('sends on what it does not know, and says so', async () => {
    const { stdout } = await put({ ...whole, Newest: 'thing' }, {}, { yes: true });
    expect(stdout).toContain('Newest is not in the model known here; it is sent as it is.');
    expect(server.marketplace.productSync).toHaveProperty('Newest', 'thing');
  });

  it.each([
    ['not JSON', 'nonsense', 'is not a JSON object'],
    ['no object', '[]', 'is not a JSON object'],
    [
      'a missing property',
      { SyncProductChanged: true, DeliveryConfigID: 'app' },
      'SyncProductDeleted is missing',
    ],
    ['a wrong type', { ...whole, Paused: 'yes' }, 'Paused must be true or false'],
    ['a number as ID', { ...whole, DeliveryConfigID: 7 }, 'DeliveryConfigID must be a text'],
    [
      'a secret that get has hidden',
      { ...whole, ConfigData: { ApiKey: '********' } },
      'ConfigData.ApiKey is hidden',
    ],
  ])('refuses %s', async (_, content, reason) => {
    const { code, message } = await put(content, {}, { yes: true });
    expect([code, writes()]).toEqual([2, []]);
    expect(message).toContain(reason);
  });

  it('says that a file cannot be read', async () => {
    const { code, message } = await run((at) => putConfig('none.json', { yes: true }, at));
    expect([code, message]).toEqual([1, 'Cannot read none.json: no such file or directory.']);
  });
});

describe('sync-config delete', () => {
  it('asks, and removes it', async () => {
    const { code, questions } = await run((at) => deleteConfig({}, at), { answer: 'yes' });
    expect([code, server.marketplace.productSync]).toEqual([0, null]);
    expect(questions[0]).toContain('OrderCloud sends no product messages then');
  });

  it('does not know whether it was carried out when the connection dies', async () => {
    server.faults.next('hang up', { method: 'DELETE' });
    const { code, message } = await run((at) => deleteConfig({ yes: true }, at));
    expect(code).toBe(1);
    expect(message).toContain(
      'It is not known whether the configuration of product synchronization was changed',
    );
  });
});

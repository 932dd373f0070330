import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { askAtTerminal } from '../../../cli/common/context.ts';
import type { OrderCloudApi } from '../../../cli/ordercloud/api.ts';
import { orderCloudBaseUrl, readOrderCloudSettings } from '../../../cli/ordercloud/settings.ts';
import { requireSeller } from '../../../cli/ordercloud/sync-state.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const ENV = {
  ORDERCLOUD_API_URL: 'https://westeurope-sandbox.ordercloud.io',
  ORDERCLOUD_CLIENT_ID: 'client',
  ORDERCLOUD_CLIENT_SECRET: 'client-secret-of-the-tests',
};

const read = (env: NodeJS.ProcessEnv, rest: Partial<Parameters<typeof readOrderCloudSettings>[0]> = {}) =>
  readOrderCloudSettings({ env, folder: '/nowhere', ask: null, ...rest });

describe('the address of the API', () => {
  it.each([
    ['uswest', 'production', 'https://api.ordercloud.io'],
    ['US West', 'Sandbox', 'https://sandboxapi.ordercloud.io'],
    ['uswest', 'staging', 'https://stagingapi.ordercloud.io'],
    ['WestEurope', 'production', 'https://westeurope-production.ordercloud.io'],
    ['japaneast', 'sandbox', 'https://japaneast-sandbox.ordercloud.io'],
  ])('of %s, %s', (region, environment, url) => {
    expect(orderCloudBaseUrl({ ORDERCLOUD_REGION: region, ORDERCLOUD_ENVIRONMENT: environment })).toBe(url);
  });

  it('is production, if the region alone is given', () => {
    for (const region of ['uswest', 'useast', 'australiaeast', 'westeurope', 'japaneast'])
      expect(orderCloudBaseUrl({ ORDERCLOUD_REGION: region })).toMatch(/production|\/\/api\./);
  });

  it.each(['https://oc.example', 'https://oc.example/', 'https://oc.example/v1', 'https://oc.example/v1/'])(
    'is taken as the portal shows it: %s',
    (url) => {
      expect(orderCloudBaseUrl({ ORDERCLOUD_API_URL: url })).toBe('https://oc.example');
    },
  );

  it.each<Record<string, string>>([
    { ORDERCLOUD_API_URL: 'http://oc.example' },
    { ORDERCLOUD_API_URL: 'oc.example' },
    { ORDERCLOUD_REGION: 'mars' },
    { ORDERCLOUD_REGION: 'constructor' },
    { ORDERCLOUD_REGION: 'useast', ORDERCLOUD_ENVIRONMENT: 'toString' },
  ])('is refused for %j', (given) => {
    expect(() => orderCloudBaseUrl(given)).toThrow(expect.objectContaining({ exitCode: 2 }));
  });
});

describe('the settings', () => {
  it('come from local.settings.json too, and the environment wins', async () => {
    const Values = {
      ...ENV,
      ORDERCLOUD_CLIENT_ID: 'of-the-file',
      ORDERCLOUD_SCOPE: 'ProductReader, FullAccess',
    };
    const folder = await temporaryFolder({
      'local.settings.json': JSON.stringify({ IsEncrypted: false, Values }),
    });
    expect(await read({ ORDERCLOUD_CLIENT_ID: 'client', ORDERCLOUD_API_URL: '' }, { folder })).toEqual({
      baseUrl: ENV.ORDERCLOUD_API_URL,
      clientId: 'client',
      clientSecret: 'client-secret-of-the-tests',
      scope: ['ProductReader', 'FullAccess'],
    });
  });

  it.each(Object.keys(ENV))('name %s when it is missing and nobody can be asked', async (name) => {
    await expect(read({ ...ENV, [name]: '' })).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining(`${name} is not set`),
    });
  });

  it('ask for the secret at a terminal', async () => {
    const { ORDERCLOUD_CLIENT_SECRET, ...env } = ENV;
    const ask = async (question: string) => `${ORDERCLOUD_CLIENT_SECRET} for ${question.includes('client')}`;
    expect((await read(env, { ask })).clientSecret).toBe('client-secret-of-the-tests for true');
    await expect(read(env, { ask: async () => null })).rejects.toMatchObject({ exitCode: 130 });
    await expect(read(env, { ask: async () => '' })).rejects.toMatchObject({ exitCode: 2 });
  });
});

describe('a secret typed at the terminal', () => {
  function terminal() {
    const [input, output] = [new PassThrough(), new PassThrough()];
    let shown = '';
    output.on('data', (chunk) => {
      shown += chunk;
    });
    return {
      input,
      answer: askAtTerminal('Secret: ', { isSecret: true, input, output }),
      shown: () => shown,
    };
  }

  it('is not shown', async () => {
    const { input, answer, shown } = terminal();
    input.write('hush!\n');
    expect(await answer).toBe('hush!');
    expect(shown()).toBe('Secret: \n');
  });

  it.each([
    ['Ctrl-C', '\u0003'],
    ['Ctrl-D', '\u0004'],
  ])('is none after %s', async (_, key) => {
    const { input, answer } = terminal();
    input.write(key);
    expect(await answer).toBeNull();
  });
});

describe('the seller', () => {
  function loggedInWith(claims: unknown): OrderCloudApi {
    const payload = Buffer.from(JSON.stringify(claims)).toString('base64url');
    return {
      clientId: 'client',
      baseUrl: 'https://api.example',
      signal: new AbortController().signal,
      call: (request) => request({} as never, { accessToken: `e30.${payload}.signature` }),
    };
  }

  it.each([{ usrtype: 'admin' }, { usrtype: 'Admin' }, {}])(
    'lets %o look at all products',
    async (claims) => {
      await expect(requireSeller(loggedInWith(claims))).resolves.toBeUndefined();
    },
  );

  it.each(['supplier', 'buyer'])('refuses a %s, to whom others’ products do not exist', async (usrtype) => {
    await expect(requireSeller(loggedInWith({ usrtype }))).rejects.toThrow(`logs in as a ${usrtype} user`);
  });
});

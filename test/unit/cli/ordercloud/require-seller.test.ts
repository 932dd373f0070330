import { expect, it } from 'vitest';
import type { OrderCloudApi } from '../../../../cli/ordercloud/api.ts';
import { requireSeller } from '../../../../cli/ordercloud/sync-state.ts';

function loggedInWith(claims: unknown): OrderCloudApi {
  const payload = Buffer.from(JSON.stringify(claims)).toString('base64url');
  return {
    clientId: 'client',
    baseUrl: 'https://api.example',
    signal: new AbortController().signal,
    call: (request) => request({} as never, { accessToken: `e30.${payload}.signature` }),
  };
}

it.each([{ usrtype: 'admin' }, { usrtype: 'Admin' }, {}])('lets %o look at all products', async (claims) => {
  await expect(requireSeller(loggedInWith(claims))).resolves.toBeUndefined();
});

it.each(['supplier', 'buyer'])('refuses a %s, to whom others’ products do not exist', async (usrtype) => {
  await expect(requireSeller(loggedInWith({ usrtype }))).rejects.toThrow(`logs in as a ${usrtype} user`);
});

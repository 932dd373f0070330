import { describe, expect, it, onTestFinished } from 'vitest';
import { startOrderCloud } from '../../../support/ordercloud/server.ts';
import { connect, feedSearch, given, http, server, targets, URL, writes } from './connect-runs.ts';

describe('connect, when something goes wrong', () => {
  it('writes nothing over what somebody else has changed in the meantime, and says what', async () => {
    await connect(http(), { env: given });
    const { code, message } = await connect(http({ url: 'https://moved.example' }), {
      env: given,
      flags: {},
      answer: () => {
        Object.assign(targets().Http ?? {}, {
          Endpoint: 'https://theirs.example/webhooks/products?code=hidden',
        });
        server.marketplace.productSync = { ...server.marketplace.productSync, Paused: true };
        return 'yes';
      },
    });
    expect(code).toBe(1);
    expect(message).toContain('Somebody else has changed it meanwhile; nothing was written.');
    expect(message).toContain(
      `DeliveryTargets.Http.Endpoint  ${URL} → https://theirs.example/webhooks/products?********`,
    );
    expect(message).toMatch(/~ Paused +false → true/);
    expect(targets().Http?.Endpoint).toContain('theirs.example');
  });

  it('does not overwrite a configuration that somebody else creates at the same moment', async () => {
    const theirs = { ID: 'product-sync', Name: 'Theirs', Enabled: true, DeliveryTargets: {} };
    server.onRequest = ({ method }) => {
      if (method === 'POST') server.marketplace.deliveryConfigs.set('product-sync', theirs);
    };
    const { code, message } = await connect(http(), { env: given });
    expect(code).toBe(1);
    expect(message).toMatch(/409 IdExists.*Nothing was changed\.$/);
    expect(server.marketplace.deliveryConfigs.get('product-sync')).toBe(theirs);
  });

  it('says exactly what is saved and what is not when the second half fails', async () => {
    server.faults.next({ status: 400, errorCode: 'Bad', message: 'No.' }, { method: 'PUT' });
    const { code, message } = await connect(http(), { env: given });
    expect(code).toBe(1);
    expect(message).toContain(
      'The delivery configuration "product-sync" was saved. The configuration of product synchronization was not touched.',
    );
    const again = await connect(http());
    expect(again.code).toBe(0);
    expect(again.stdout).toContain('Delivery configuration "product-sync": as it should be');
    expect(server.marketplace.productSync).toMatchObject({ DeliveryConfigID: 'product-sync' });
  });

  it('says that it does not know when the connection dies during the write', async () => {
    server.faults.next('hang up', { method: 'POST', path: /deliveryconfig/ });
    const { message } = await connect(http(), { env: given });
    expect(message).toMatch(/It is not known whether the delivery configuration "product-sync" was changed/);
  });

  it('stops between the halves on Ctrl-C, and says so', async () => {
    const interrupt = new AbortController();
    server.onRequest = ({ method, path }) => {
      if (method === 'POST' && path.includes('deliveryconfig')) {
        server.onRequest = () => {};
        const aborted = new Promise<void>((resolve) => {
          interrupt.signal.addEventListener('abort', () => resolve());
        });
        setImmediate(() => interrupt.abort());
        return aborted;
      }
    };
    const { code, message } = await connect(http(), { env: given, interrupt });
    expect(code).toBe(130);
    expect(message).toMatch(/^Interrupted\. .*product synchronization was not touched/);
    expect(server.marketplace.productSync).toBeNull();
  });

  it('says that nothing was changed on Ctrl-C before the first write', async () => {
    const interrupt = new AbortController();
    const { code, message } = await connect(http(), {
      env: given,
      flags: {},
      interrupt,
      answer: () => {
        interrupt.abort();
        return 'yes';
      },
    });
    expect([code, message, writes()]).toEqual([130, 'Interrupted. Nothing was changed.', []]);
  });

  it('tells when OrderCloud dropped something that was there', async () => {
    feedSearch();
    const drop = ({ method }: { method: string }) => {
      const config = server.marketplace.deliveryConfigs.get('search');
      if (method === 'PATCH')
        server.marketplace.deliveryConfigs.set('search', { ...config, DeliveryTargets: {} });
    };
    server.onRequest = drop;
    const { code, message } = await connect(http(), { env: given });
    expect(code).toBe(1);
    expect(message).toContain('DeliveryTargets.SearchIngestion.Entity (should be "product")');
  });

  it('names the role that is missing', async () => {
    const limited = await startOrderCloud({ roles: ['ProductSyncConfigAdmin'] });
    onTestFinished(() => limited.close());
    const { code, message } = await connect(http(), { env: { ...given, ...limited.env } });
    expect(code).toBe(1);
    expect(message).toContain('DeliveryConfigAdmin');
  });
});

import { describe, expect, it } from 'vitest';
import { eventHubTarget } from '../../cli/send/event-hub.ts';
import { webhookTarget } from '../../cli/send/webhook.ts';
import { readHealth } from '../../cli/status/health.ts';
import { startReceiver } from '../e2e/cli/receiver.ts';

const PATH = '/api/webhooks/products';
const KEY = { FUNCTIONS_KEY: 'key-from-variable' };
const secret = 'secret-from-flag';

describe('send', () => {
  it.each([
    [{ url: `http://app.example${PATH}`, secret }, KEY],
    [{ url: `http://app.example${PATH}?code=abc`, secret }, {}],
    [{ url: `http://10.0.0.1${PATH}`, secret }, KEY],
    [{ url: `http://127.0.0.1.example${PATH}`, secret }, KEY],
  ])('sends no key in clear: %o', (options, env) => {
    expect(() => webhookTarget(options, env)).toThrow(/use https/);
  });

  it.each([
    [{ url: `https://app.example${PATH}?code=abc`, secret }, KEY],
    [{ url: `http://127.0.0.1:7071${PATH}?code=abc`, secret }, KEY],
    [{ url: `http://[::1]:7071${PATH}`, secret }, KEY],
    [{ url: `http://receiver.internal${PATH}`, secret }, {}],
  ])('sends by %o', (options, env) => {
    expect(webhookTarget(options, env).url.href).toBe(options.url);
  });

  it('sends no key of an Event Hub in clear', () => {
    const connectionString = (host: string) =>
      `Endpoint=sb://${host};SharedAccessKeyName=a;SharedAccessKey=hidden-key-of-the-hub;UseDevelopmentEmulator=true`;
    expect(() => eventHubTarget({ connectionString: connectionString('hub.example') }, {})).toThrow(
      /UseDevelopmentEmulator=true only on this machine/,
    );
    const local = eventHubTarget({ connectionString: connectionString('127.0.0.1:5672') }, {});
    expect(local.address).toBe('sb://127.0.0.1:5672/products');
  });
});

describe('status', () => {
  it('sends the key for the health to this machine', async () => {
    const { url, received } = await startReceiver();
    await readHealth(url, 'key-from-variable');
    expect(received[0]?.headers['x-functions-key']).toBe('key-from-variable');
  });

  it('sends it by http to no address that is not known to be this machine', async () => {
    const { url, received } = await startReceiver();
    await readHealth(url.replace('127.0.0.1', '[::ffff:127.0.0.1]'), 'key-from-variable');
    expect(received.map(({ headers }) => headers['x-functions-key'])).toEqual([undefined]);
  });
});

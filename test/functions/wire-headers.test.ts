import { randomUUID } from 'node:crypto';
import { subscribe } from 'node:diagnostics_channel';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startWorker, type Worker } from '../../local/functions-host/worker.ts';
import { signatureOf } from '../../src/message/signature.ts';
import { recordingHostLog, silencedConsole } from '../support/log.ts';

const SECRET = 'a-secret-of-the-tests';
const TYPE = 'sitecore.ordercloud.messages.order.submitted';

let worker: Worker;
beforeAll(async () => {
  vi.stubEnv('COSMOS_ENDPOINT', 'https://127.0.0.1:1');
  vi.stubEnv('ORDERCLOUD_WEBHOOK_SECRETS', SECRET);
  worker = await startWorker({ entry: resolve('dist/app/main.cjs'), log: recordingHostLog() });
});
afterAll(async () => {
  await worker.close();
  vi.unstubAllEnvs();
});

const ENVELOPE = JSON.stringify({ Headers: { type: TYPE }, Payload: {} });

/** As the genuine host does: the request itself goes to the worker's server, the metadata beside it by another way. */
async function send(metadata: unknown, headers: Record<string, string> = {}) {
  const invocationId = randomUUID();
  const { name = '' } = worker.functions.find(({ name }) => name === 'productWebhook')?.trigger ?? {};
  const triggerMetadata = { Headers: { json: JSON.stringify(metadata) } };
  const invoked = worker
    .invoke('productWebhook', {
      invocationId,
      inputData: [{ name, data: { http: {} } }],
      triggerMetadata,
    })
    .catch(() => {});
  const answer = await fetch(new URL('api/webhooks/products', await worker.httpUri()), {
    method: 'POST',
    body: ENVELOPE,
    headers: {
      'x-forwarded-host': 'app.example',
      'x-forwarded-proto': 'https',
      'x-ms-invocation-id': invocationId,
      ...headers,
    },
  });
  await invoked;
  return { status: answer.status, type: answer.headers.get('content-type'), body: await answer.json() };
}

describe('the built app, where the host gives other headers than came over the wire', () => {
  const signature = signatureOf(Buffer.from(ENVELOPE), SECRET);

  it.each([
    ["the envelope's", { type: TYPE }],
    ['none', {}],
    ['text', 'x'],
    ['a number', 1],
    ['a forged signature', { 'x-oc-hash': 'Zm9yZ2Vk' }],
  ])('finds the signature that was sent: %s', async (_, metadata) => {
    expect(await send(metadata, { 'X-OC-Hash': signature })).toMatchObject({
      status: 200,
      body: { outcome: 'ignored' },
    });
  });

  it("does not take the body's word for a signature that was not sent", async () => {
    expect(await send({ 'x-oc-hash': signature })).toMatchObject({ status: 401 });
  });

  it('takes a length over the wire, too', async () => {
    const answer = await send({ 'content-length': '999999999' }, { 'x-oc-hash': signature });
    expect(answer.status).toBe(200);
  });

  it('answers a request that the library cannot hand over, and says why in the log', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const error = silencedConsole('error');
    // The client's own timers run out as well: the request has to be here by then.
    const arrived = new Promise((resolve) => subscribe('http.server.request.start', resolve));
    const sent = send({ 'no header': '☕' });
    await arrived;
    vi.advanceTimersByTime(30_000);
    vi.useRealTimers();
    expect(await sent).toMatchObject({
      status: 500,
      type: 'application/problem+json',
      body: { reason: 'internal-error' },
    });
    expect(error.mock.calls.join()).toContain('did not reach its function');
    error.mockRestore();
  });
});

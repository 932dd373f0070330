import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { startWorker, type Worker } from '../../local/functions-host/worker.ts';
import { recordingHostLog } from '../support/log.ts';

let worker: Worker;
beforeAll(async () => {
  vi.stubEnv('COSMOS_ENDPOINT', 'https://127.0.0.1:1');
  vi.stubEnv('ORDERCLOUD_WEBHOOK_SECRETS', 'a-secret-of-the-tests');
  vi.stubEnv('MAX_BODY_SECONDS', '5');
  worker = await startWorker({ entry: resolve('dist/app/main.cjs'), log: recordingHostLog() });
});
afterAll(async () => {
  await worker.close();
  vi.unstubAllEnvs();
});

/** Opens a chunked webhook without a signature, as the genuine host proxies one to the worker. */
async function openWebhook() {
  const invocationId = randomUUID();
  const { name = '' } = worker.functions.find((one) => one.name === 'productWebhook')?.trigger ?? {};
  const invoked = worker.invoke('productWebhook', {
    invocationId,
    inputData: [{ name, data: { http: {} } }],
    triggerMetadata: { Headers: { json: '{}' } },
  });
  const socket = connect(Number(new URL((await worker.httpUri()) ?? '').port), '127.0.0.1');
  socket.write(
    `POST /api/webhooks/products HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\nX-Forwarded-Host: x\r\nX-Forwarded-Proto: http\r\nX-Ms-Invocation-Id: ${invocationId}\r\n\r\n`,
  );
  return { socket, answer: text(socket), invoked };
}

const usedMemory = () => {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

it('a body in chunks of one byte costs about its own size, not hundreds of times that', async () => {
  const bytes = 200_000;
  const chunks = Buffer.from(`${'1\r\nx\r\n'.repeat(bytes)}0\r\n\r\n`);
  const before = usedMemory();
  let most = 0;
  const watch = setInterval(() => {
    most = Math.max(most, usedMemory() - before);
  }, 5);
  const { socket, answer, invoked } = await openWebhook();
  socket.write(chunks);
  expect(await answer).toMatch(/^HTTP\/1\.1 401 /);
  await invoked;
  clearInterval(watch);
  expect(most / bytes).toBeLessThan(100);
});

it('a body that trickles in is given up, and frees its place', async () => {
  const { socket, answer, invoked } = await openWebhook();
  const trickle = setInterval(() => socket.write('1\r\nx\r\n'), 100);
  socket.on('error', () => {});
  expect(await answer).toMatch(/^HTTP\/1\.1 408 .*body-too-slow/s);
  clearInterval(trickle);
  await invoked;
});

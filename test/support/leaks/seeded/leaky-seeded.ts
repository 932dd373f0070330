import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { trace } from '@opentelemetry/api';
import { expect, it } from 'vitest';
import { CommandError } from '../../../../cli/common/command-error.ts';
import { LOCAL_WEBHOOK_SECRET } from '../../../../local/local-webhook-secret.ts';
import { startIngestion } from '../../ingestion.ts';
import { invocationContext, recordingHostLog, recordingLog, silencedConsole } from '../../log.ts';
import { surroundings } from '../../ordercloud/command.ts';
import { runAt } from '../../ordercloud/run-command.ts';
import { CLIENT_SECRET } from '../../ordercloud/server.ts';
import { startOtlpReceiver } from '../../otlp-receiver.ts';
import { recordTelemetry } from '../../recorded-telemetry.ts';
import { PAYLOAD_MARKER } from '../find-leak.ts';
import { lookedAt } from '../recorder.ts';

// Every one of these tests passes, and tells what it must not.

it('a log that tells a payload', () => {
  recordingLog()('warn', 'message', { productId: `Kettle ${PAYLOAD_MARKER.slice(7, 30)}` });
});

it("an invocation's log that tells a secret", () => {
  invocationContext().error(`signed with ${LOCAL_WEBHOOK_SECRET}`);
});

it('a console that tells a key', () => {
  console.warn('AccountEndpoint=https://x/;AccountKey=%s;', 'Z3JpbmRlci1rZXk');
});

it('an answer of a handler that tells too much', () => {
  lookedAt({ status: 400, jsonBody: { found: PAYLOAD_MARKER.slice(9, 50) } });
});

it('an answer over a wire that tells too much', async () => {
  const server = createServer((_, response) => {
    response.write('{"found":"');
    response.end(`${PAYLOAD_MARKER}"}`);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/api/webhooks/products`);
  server.close();
});

it.each(['stdout', 'stderr'])('a started host that tells a payload on %s', async (stream) => {
  const script = fileURLToPath(new URL('./talkative-host.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', script, stream], { stdio: 'pipe' });
  child.stdout.resume();
  child.stderr.resume();
  await once(child, 'close');
});

it('a worker of the package test that tells a payload', async () => {
  const script = fileURLToPath(new URL('../../app-process.ts', import.meta.url));
  const entry = fileURLToPath(new URL('./talkative-app.cjs', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', script, entry], { stdio: 'pipe' });
  child.stderr.resume();
  await once(child, 'close');
});

it('a command that tells a secret', async () => {
  const child = spawn(process.execPath, ['-e', `console.log("${LOCAL_WEBHOOK_SECRET}")`], { stdio: 'pipe' });
  child.stdout.resume();
  await once(child, 'close');
});

it('a log that tells a secret in the middle of a base64 text', () => {
  const text = Buffer.from(`{"client":"${CLIENT_SECRET}"}`).toString('base64url');
  recordingLog()('debug', 'login', { text });
});

it('a log of a host that tells a secret', () => {
  recordingHostLog()({ level: 'error', category: 'user', message: `signed with ${CLIENT_SECRET}` });
});

it('a silenced console that tells a payload', () => {
  silencedConsole('warn');
  console.warn('a name: %s', PAYLOAD_MARKER);
});

it('a command in this process that tells a secret, without an end of line', () => {
  const { at } = surroundings({ env: {} });
  at.stdout.write('{"Secret":"client-secret');
  at.stdout.write('-of-the-tests"}');
});

it('a command in this process that tells a secret in its question', async () => {
  await surroundings({ env: {}, typed: '' }).at.askSecret?.(`Instead of ${CLIENT_SECRET}: `);
});

it('a command in this process that ends with a secret', async () => {
  const failed = new CommandError(`${CLIENT_SECRET} is refused`);
  const { exitCode } = await runAt({ env: {} }, () => Promise.reject(failed));
  expect(exitCode).toBe(1);
});

it.each(['application/json', 'application/x-protobuf'])('spans of %s that tell a payload', async (type) => {
  const receiver = await startOtlpReceiver();
  const value = `Kettle ${PAYLOAD_MARKER}`;
  const body = type.endsWith('json')
    ? JSON.stringify({ resourceSpans: [], value })
    : // Field 15, which no receiver knows, of so many bytes of text.
      Buffer.concat([Buffer.from([0x7a, value.length]), Buffer.from(value)]);
  await fetch(`${receiver.url}/v1/traces`, { method: 'POST', body, headers: { 'content-type': type } });
  await receiver.close();
});

it('telemetry in memory that tells a payload', async () => {
  const telemetry = recordTelemetry();
  trace
    .getTracer('test')
    .startSpan('write product', { attributes: { name: PAYLOAD_MARKER } })
    .end();
  await telemetry.end();
});

it('an envelope of Application Insights that tells a secret', async () => {
  const { url, close } = await startIngestion();
  const sent = request(url, { method: 'POST', rejectUnauthorized: false });
  sent.end(JSON.stringify([{ data: { baseData: { properties: { secret: CLIENT_SECRET } } } }]));
  const [answer] = await once(sent, 'response');
  answer.resume();
  await close();
});

import { once } from 'node:events';
import { createServer } from 'node:http';
import { request } from 'node:https';
import { trace } from '@opentelemetry/api';
import { expect, it } from 'vitest';
import { LOCAL_WEBHOOK_SECRET } from '../../../local/defaults.ts';
import { listen, stopListening } from '../../../local/listen.ts';
import { startIngestion } from '../../support/ingestion.ts';
import { checkedResponse, takeLeaks } from '../../support/leaks/check.ts';
import { PAYLOAD_MARKER } from '../../support/leaks/find-leak.ts';
import { startOtlpReceiver } from '../../support/otlp-receiver.ts';
import { recordTelemetry } from '../../support/recorded-telemetry.ts';
import { runProgram } from '../../support/run-program.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

// What test/unit/support/leaks.test.ts shows of what runs in the test's own process.

const PAYLOAD_IN_LOG = [expect.stringContaining('A log line tells a part of a payload')];

it('a leak is found in an answer over HTTP', async () => {
  const server = createServer((_, response) => void response.end(`{"found":"${PAYLOAD_MARKER}"}`));
  const port = await listen(server);
  await checkedResponse(await fetch(`http://127.0.0.1:${port}/`));
  await stopListening(server);
  expect(takeLeaks()).toEqual([
    expect.stringContaining('An answer tells more than 40 characters of a payload'),
  ]);
});

it.each(['log', 'error'])('a leak is found in what a process prints by console.%s', async (method) => {
  const folder = await temporaryFolder({ 'talk.mjs': `console.${method}('${LOCAL_WEBHOOK_SECRET}')` });
  await runProgram([], { program: `${folder}/talk.mjs` });
  expect(takeLeaks()).toEqual([expect.stringContaining('tells the secret "LOCAL_WEBHOOK_SECRET"')]);
});

it.each(['application/json', 'application/x-protobuf'])('a leak is found in spans of %s', async (type) => {
  const receiver = await startOtlpReceiver();
  const value = `Kettle ${PAYLOAD_MARKER}`;
  const body = type.endsWith('json')
    ? JSON.stringify({ resourceSpans: [], value })
    : // Field 15, which no receiver knows, of so many bytes of text.
      Buffer.concat([Buffer.from([0x7a, value.length]), Buffer.from(value)]);
  await fetch(`${receiver.url}/v1/traces`, { method: 'POST', body, headers: { 'content-type': type } });
  expect(takeLeaks()).toEqual(PAYLOAD_IN_LOG);
});

it('a leak is found in telemetry in memory', async () => {
  const telemetry = recordTelemetry();
  trace
    .getTracer('test')
    .startSpan('write product', { attributes: { name: PAYLOAD_MARKER } })
    .end();
  await telemetry.end();
  expect(takeLeaks()).toEqual(PAYLOAD_IN_LOG);
});

it('a leak is found in what Application Insights is sent', async () => {
  const { url } = await startIngestion();
  const sent = request(url, { method: 'POST', rejectUnauthorized: false });
  sent.end(JSON.stringify([{ data: { baseData: { properties: { name: PAYLOAD_MARKER } } } }]));
  const [answer] = await once(sent, 'response');
  answer.resume();
  expect(takeLeaks()).toEqual(PAYLOAD_IN_LOG);
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { it } from 'vitest';
import { LOCAL_WEBHOOK_SECRET } from '../../../../local/local-webhook-secret.ts';
import { invocationContext, recordingLog } from '../../log.ts';
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
  console.warn('AccountEndpoint=https://x/;AccountKey=%s;', 'c2VjcmV0LWtleQ');
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

it('a command that tells a secret', async () => {
  const child = spawn(process.execPath, ['-e', `console.log("${LOCAL_WEBHOOK_SECRET}")`], { stdio: 'pipe' });
  child.stdout.resume();
  await once(child, 'close');
});

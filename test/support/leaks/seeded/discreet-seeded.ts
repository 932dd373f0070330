import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { it } from 'vitest';
import { recordingLog } from '../../log.ts';
import { PAYLOAD_MARKER } from '../find-leak.ts';
import { lookedAt } from '../recorder.ts';

it('tells what it may', async () => {
  recordingLog()('warn', 'message', { productId: 'KETTLE' });
  lookedAt({ status: 400, jsonBody: { found: PAYLOAD_MARKER.slice(0, 40) } });
  const child = spawn(process.execPath, ['-e', `console.log("${PAYLOAD_MARKER}")`], { stdio: 'pipe' });
  child.stdout.resume();
  await once(child, 'close');
});

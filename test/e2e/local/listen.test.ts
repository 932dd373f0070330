import { Agent, createServer, get, type ServerResponse } from 'node:http';
import { expect, it, onTestFinished } from 'vitest';
import { finishRequests, listen } from '../../../local/listen.ts';

it('a client that asks on, on the connection of a request under way, does not keep a server from ending', async () => {
  const waiting: ServerResponse[] = [];
  let isEnding = false;
  const server = createServer((_req, res) => {
    if (isEnding) res.end();
    else waiting.push(res);
  });
  const port = await listen(server);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => agent.destroy());
  let refused = 0;
  const ask = () => {
    const request = get({ port, host: '127.0.0.1', agent });
    request.on('error', () => (refused += 1));
    request.on('response', (response) => response.resume().on('end', ask));
    return request;
  };
  ask();
  await expect.poll(() => waiting.length).toBe(1);
  const asked = performance.now();
  const ended = finishRequests(server, 5_000);
  isEnding = true;
  waiting[0]?.end();
  await ended;
  expect(performance.now() - asked).toBeLessThan(2_000);
  await expect.poll(() => refused).toBe(1);
});

import { startHttpTrigger } from '../local/functions-host/http-trigger.ts';
import { loadApp } from '../local/functions-host/load-app.ts';
import type { Log } from '../local/functions-host/log.ts';
import { startWorker } from '../local/functions-host/worker.ts';
import type { Registered, Served } from './support/worker-process.ts';

// A worker as a process of its own: loads the entry given and says when its functions are registered, or serves them
// over HTTP.
const [, , entry = '', mode] = process.argv;
const log: Log = ({ level, message }) => level === 'error' && console.error(message);

void (mode === 'register' ? register() : serve()).then((started) => process.send?.(started));
process.once('disconnect', () => process.exit());

async function register(): Promise<Registered> {
  const { functions } = loadApp(entry, log);
  // Since the process started.
  return { afterMs: performance.now(), functions: [...functions.keys()] };
}

async function serve(): Promise<Served> {
  const worker = await startWorker({ entry, log });
  const http = await startHttpTrigger({ worker, port: 0, routePrefix: 'api', log });
  process.on('message', () => process.send?.({ peakBytes: process.resourceUsage().maxRSS * 1024 }));
  return { url: `${http.url}/api/webhooks/products` };
}

import { startHttpTrigger } from '../local/functions-host/http-trigger.ts';
import { loadApp } from '../local/functions-host/load-app.ts';
import type { Log } from '../local/functions-host/log.ts';
import { startWorker } from '../local/functions-host/worker.ts';
import type { StartedWorker } from './support/worker-process.ts';

// A worker as a process of its own: loads the entry given and says when its functions are registered, or serves them
// over HTTP, too; on `warm` after the app's warm-up.
const [, , entry = '', mode] = process.argv;
const log: Log = ({ level, message }) => level === 'error' && console.error(message);

void run();

async function run(): Promise<void> {
  if (mode === 'register') {
    const { functions } = loadApp(entry, log);
    // Since the process started.
    const registeredAfterMs = performance.now();
    const { user, system } = process.cpuUsage();
    tell({ registeredAfterMs, cpuMs: (user + system) / 1_000, functions: [...functions.keys()] });
  } else {
    const worker = await startWorker({ entry, log });
    const http = await startHttpTrigger({ worker, port: 0, routePrefix: 'api', log });
    if (mode === 'warm') await worker.invoke('warmup', { inputData: [] });
    process.on('message', () => process.send?.({ peakBytes: process.resourceUsage().maxRSS * 1024 }));
    tell({ url: `${http.url}/api/webhooks/products` });
  }
}

process.once('disconnect', () => process.exit());

function tell(message: StartedWorker): void {
  process.send?.(message);
}

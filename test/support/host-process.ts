import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { FunctionsHostOptions } from '../../local/functions-host/host.ts';
import { HostLog } from './fixture-app/host-log.ts';
import { checkedLines } from './leaks/check.ts';

/** A Functions host in a process of its own. */
export type HostProcess = {
  url: string;
  log: HostLog;
  /** Sends a signal and gives the exit code, null after a kill. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null>;
};

/** What a host needs to start: the app, and what its triggers read from. */
export type HostedApp = Pick<FunctionsHostOptions, 'entry' | 'eventHubs' | 'kafka'>;

const TSX = createRequire(import.meta.url).resolve('tsx');
const MAIN = join(import.meta.dirname, 'host-main.ts');

/** Starts one with these settings, and waits until it runs. */
export async function startHostProcess(app: HostedApp, env: NodeJS.ProcessEnv): Promise<HostProcess> {
  const child = spawn(process.execPath, ['--import', TSX, MAIN, JSON.stringify(app)], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stderr.on(
    'data',
    checkedLines('log', (text) => process.stderr.write(text)),
  );
  // A test that fails half-way must leave nothing behind either.
  const killAtExit = () => child.kill('SIGKILL');
  process.once('exit', killAtExit);
  const log = new HostLog();
  createInterface({ input: child.stdout }).on('line', (line) => log.log(JSON.parse(line)));
  const ended = once(child, 'close').then(([code]) => {
    process.off('exit', killAtExit);
    return code as number | null;
  });
  const started = await Promise.race([log.entry(/^http:/), ended]);
  if (started === null || typeof started === 'number') throw new Error('the host ended at its start');
  return {
    url: started.message,
    log,
    end(signal) {
      child.kill(signal);
      return ended;
    },
  };
}

/** Starts one with the built app, and the triggers that its settings name. */
export function startBuiltApp(env: NodeJS.ProcessEnv): Promise<HostProcess> {
  const { AzureWebJobsStorage: storageConnectionString, KAFKA_BROKERS: brokers } = env;
  const app = {
    entry: resolve('dist/app/main.cjs'),
    // A killed host's partitions are free again soon, or the test would take ten minutes.
    ...(storageConnectionString && { eventHubs: { storageConnectionString, ownershipExpiryMs: 2_000 } }),
    ...(brokers && { kafka: { sessionTimeoutMs: 5_000 } }),
  };
  return startHostProcess(app, env);
}

import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { FunctionsHostOptions } from '../../local/functions-host/host.ts';
import { HostLog } from './fixture-app/host-log.ts';
import { startProgram } from './run-program.ts';

/** A Functions host in a process of its own. */
export type HostProcess = Awaited<ReturnType<typeof startHostProcess>>;

/** What a host needs to start: the app, and what its triggers read from. */
export type HostedApp = Pick<FunctionsHostOptions, 'entry' | 'eventHubs' | 'kafka'>;

const MAIN = join(import.meta.dirname, 'host-main.ts');

/** Starts one with these settings, and waits until it runs. */
export async function startHostProcess(app: HostedApp, env: NodeJS.ProcessEnv) {
  const { child, ended } = startProgram([JSON.stringify(app)], { env, program: MAIN, telling: 'log' });
  const log = new HostLog();
  createInterface({ input: child.stdout }).on('line', (line) => log.log(JSON.parse(line)));
  const started = await Promise.race([log.entry(/^http:/), ended]);
  if ('code' in started) throw new Error(`the host ended at its start: ${started.stderr}`);
  return {
    url: started.message,
    log,
    /** Sends a signal and gives the exit code, null after a kill. */
    async end(signal: 'SIGTERM' | 'SIGKILL') {
      child.kill(signal);
      return (await ended).code;
    },
  };
}

/** Starts one with the built app, and the triggers that its settings name. */
export function startBuiltApp(env: NodeJS.ProcessEnv) {
  const { AzureWebJobsStorage: storageConnectionString, KAFKA_BROKERS: brokers } = env;
  const app = {
    entry: resolve('dist/app/main.cjs'),
    // A killed host's partitions are free again soon, or the test would take ten minutes.
    ...(storageConnectionString && { eventHubs: { storageConnectionString, ownershipExpiryMs: 2_000 } }),
    ...(brokers && { kafka: { sessionTimeoutMs: 5_000 } }),
  };
  return startHostProcess(app, env);
}

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { LOCAL_WEBHOOK_SECRET } from '../../local/defaults.ts';

/** What `start-worker` says once its functions are registered. */
export type Registered = { afterMs: number; cpuMs: number; functions: readonly string[] };

/** What it says once it serves them. */
export type Served = { url: string };

/** A worker with the app in a process of its own. */
export type WorkerProcess<Started> = {
  started: Started;
  /** The most memory that its process has taken so far, in bytes. */
  peakBytes(): Promise<number>;
  stop(): Promise<void>;
};

type Start = {
  /** The bundled `start-worker`. */
  worker: string;
  /** The app's. */
  entry: string;
  /** The app's settings; nobody else's reach it. */
  env: Record<string, string>;
};

/** Starts one that only registers the app's functions. */
export function registerInProcess(start: Start): Promise<WorkerProcess<Registered>> {
  return startProcess(start, 'register');
}

/** Starts one that serves the app over HTTP. */
export function serveInProcess(start: Start): Promise<WorkerProcess<Served>> {
  return startProcess(start, 'serve');
}

async function startProcess<Started>(
  { worker, entry, env }: Start,
  mode: 'register' | 'serve',
): Promise<WorkerProcess<Started>> {
  const child = fork(worker, [entry, mode], {
    execArgv: [],
    env: { PATH: process.env.PATH, ORDERCLOUD_WEBHOOK_SECRETS: LOCAL_WEBHOOK_SECRET, ...env },
  });
  const exited = once(child, 'exit');
  const started = await Promise.race([
    once(child, 'message').then(([message]) => message as Started),
    exited.then(() => undefined),
  ]);
  if (started === undefined) throw new Error(`The worker of ${entry} ended before it was up.`);
  return {
    started,
    async peakBytes() {
      child.send('memory');
      const [{ peakBytes }] = await once(child, 'message');
      return peakBytes;
    },
    async stop() {
      child.disconnect();
      await exited;
    },
  };
}

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { LOCAL_WEBHOOK_SECRET } from '../../local/defaults.ts';

/** What `start-worker` says once it is up: in mode `register` the first, else the second. */
export type StartedWorker =
  | { registeredAfterMs: number; cpuMs: number; functions: readonly string[] }
  | { url: string };

/** Where the app is started: `bundlePath` of `start-worker`, and the app's settings. */
export type Stage = { worker: string; env: Record<string, string> };

export type WorkerMode = 'register' | 'serve' | 'warm';

/** A worker with the app in a process of its own. */
export type WorkerProcess<Started = StartedWorker> = {
  started: Started;
  /** The most memory that its process has taken so far, in bytes. */
  peakBytes(): Promise<number>;
  stop(): Promise<void>;
};

/** Starts `bundlePath`, the bundled `start-worker`, with an app's entry and the settings given, and nobody else's. */
export async function startWorkerProcess<Mode extends WorkerMode>(
  bundlePath: string,
  { entry, mode, env = {} }: { entry: string; mode: Mode; env?: Record<string, string> },
): Promise<
  WorkerProcess<Extract<StartedWorker, Mode extends 'register' ? { cpuMs: number } : { url: string }>>
> {
  const child = fork(bundlePath, [entry, mode], {
    execArgv: [],
    env: { PATH: process.env.PATH, ORDERCLOUD_WEBHOOK_SECRETS: LOCAL_WEBHOOK_SECRET, ...env },
  });
  const exited = once(child, 'exit');
  const started = await Promise.race([
    once(child, 'message').then(([message]) => message),
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

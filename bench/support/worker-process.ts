import { fork } from 'node:child_process';
import { once } from 'node:events';
import { LOCAL_WEBHOOK_SECRET } from '../../local/defaults.ts';

/** What `start-worker` says once its functions are registered. */
export type Registered = { afterMs: number; functions: readonly string[] };

/** What it says once it serves them. */
export type Served = { url: string };

type Start = {
  /** The bundled `start-worker`. */
  worker: string;
  /** The app's. */
  entry: string;
  /** The app's settings; nobody else's reach it. */
  env: Record<string, string>;
};

/** Starts a worker in a process of its own, which only registers the app's functions. */
export const registerInProcess = (start: Start) => startProcess<Registered>(start, 'register');

/** Starts a worker in a process of its own, which serves the app over HTTP. */
export const serveInProcess = (start: Start) => startProcess<Served>(start, 'serve');

async function startProcess<Started>({ worker, entry, env }: Start, mode: 'register' | 'serve') {
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
    /** The most memory that its process has taken so far, in bytes. */
    async peakBytes(): Promise<number> {
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

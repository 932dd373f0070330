import { type FunctionsHost, startFunctionsHost } from '../../../local/functions-host/host.ts';
import { type HostedApp, type HostProcess, startHostProcess } from '../host-process.ts';
import { HostLog } from './host-log.ts';

type WithGates = { openGate(name: string): Promise<void> };

/** A host in the test's own process. */
export type TestHost = FunctionsHost & WithGates & { log: HostLog };

/** Hosts of one app, as many as a test starts. */
export type AppHosts<More> = {
  startHost(more?: More): Promise<TestHost>;
  /** Starts one in a process of its own, for the test to kill. */
  startChildHost(): Promise<HostProcess & WithGates>;
  close(): Promise<void>;
};

/** `appWith` says what to start, with what a test asks for besides; a process gets these settings. */
export function appHosts<More>(
  appWith: (more?: More) => HostedApp,
  settings: NodeJS.ProcessEnv = {},
): AppHosts<More> {
  const cleanUps: (() => Promise<unknown>)[] = [];
  return {
    async startHost(more) {
      const log = new HostLog();
      const host = await startFunctionsHost({ ...appWith(more), port: 0, log: log.log });
      cleanUps.push(() => host.close());
      return { ...host, log, openGate: (name) => openGate(host.url, name) };
    },
    async startChildHost() {
      const host = await startHostProcess(appWith(), settings);
      cleanUps.push(() => host.end('SIGKILL'));
      return { ...host, openGate: (name) => openGate(host.url, name) };
    },
    async close() {
      for (const cleanUp of cleanUps) await cleanUp();
    },
  };
}

async function openGate(url: string, name: string): Promise<void> {
  await fetch(`${url}/api/open/${name}`, { method: 'POST' });
}

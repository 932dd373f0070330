import { startFunctionsHost } from '../../../local/functions-host/host.ts';
import { type HostedApp, startHostProcess } from '../host-process.ts';
import { HostLog } from './host-log.ts';

/** Hosts of one app, as many as a test starts; those in a process of their own get these settings. */
export function appHosts(app: HostedApp, settings: NodeJS.ProcessEnv = {}) {
  const cleanUps: (() => Promise<unknown>)[] = [];
  return {
    /** Starts one in the test's own process. */
    async startHost() {
      const log = new HostLog();
      const host = await startFunctionsHost({ ...app, port: 0, log: log.log });
      cleanUps.push(() => host.close());
      return { ...host, log, openGate: (name: string) => openGate(host.url, name) };
    },
    /** Starts one in a process of its own, for the test to kill. */
    async startChildHost() {
      const host = await startHostProcess(app, settings);
      cleanUps.push(() => host.end('SIGKILL'));
      return { ...host, openGate: (name: string) => openGate(host.url, name) };
    },
    async close() {
      for (const cleanUp of cleanUps) await cleanUp();
    },
  };
}

async function openGate(url: string, name: string): Promise<void> {
  await fetch(`${url}/api/open/${name}`, { method: 'POST' });
}

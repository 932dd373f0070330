import { beforeAll } from 'vitest';
import {
  type FunctionsHost,
  type FunctionsHostOptions,
  startFunctionsHost,
} from '../../../local/functions-host/host.ts';
import { type BundledApp, bundleApp } from '../../support/fixture-app/bundle-app.ts';
import { HostLog } from '../../support/fixture-app/host-log.ts';

/** The fixture app in a host that the tests of a file share, and other hosts of the same app. */
export function useAppHost() {
  let app: BundledApp;
  let host: FunctionsHost;
  let shared = new HostLog();
  beforeAll(async () => {
    app = await bundleApp();
    host = await startFunctionsHost({ entry: app.entry, port: 0, log: (entry) => shared.log(entry) });
    return async () => {
      await host.close();
      await app.remove();
    };
  });
  return {
    entry: () => app.entry,
    host: () => host,
    api: (path: string) => `${host.url}/api/${path}`,
    /** What the shared host logs from now on. */
    freshLog(): HostLog {
      shared = new HostLog();
      return shared;
    },
    /** A host of its own, for a test to wear out. */
    async startOther(options: Partial<FunctionsHostOptions> = {}) {
      const log = new HostLog();
      const other = await startFunctionsHost({ entry: app.entry, port: 0, log: log.log, ...options });
      return { ...other, api: (path: string) => `${other.url}/api/${path}`, entry: log.entry };
    },
  };
}

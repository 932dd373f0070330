import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import { onlyLoopback } from './only-loopback.ts';
import { startTogether } from './start-together.ts';

/** Azurite, running in this process. The connection string names all of its services. */
export type Azurite = { connectionString: string; close(): Promise<void> };

/** The services with the ports that every Azurite has. */
const SERVICES = { Blob: 10_000, Queue: 10_001, Table: 10_002 };

/** Azurite has no types for what it has inside. */
const require = createRequire(import.meta.url);

/**
 * Starts Azurite's blobs, queues and tables silently, in memory, on the loopback interface: on their usual ports if asked
 * for and free, otherwise on any. They run in this process, so that nothing of them stays behind however it ends, even
 * after SIGKILL; Azurite's own command would outlive it.
 */
export function startAzurite({ onUsualPorts = false } = {}): Promise<Azurite> {
  return startTogether(async (stops) => {
    // The account and key of every Azurite: they are public, and protect nothing.
    const { EMULATOR_ACCOUNT_NAME: account, EMULATOR_ACCOUNT_KEY_STR: key } =
      require('azurite/dist/src/blob/utils/constants') as Record<string, string>;
    let connectionString = `DefaultEndpointsProtocol=http;AccountName=${account};AccountKey=${key};`;
    for (const [name, usualPort] of Object.entries(SERVICES)) {
      const server = onUsualPorts
        ? await startService(name, usualPort).catch(() => startService(name, 0))
        : await startService(name, 0);
      stops.push(() => server.close());
      connectionString += `${name}Endpoint=${server.getHttpServerAddress()}/${account};`;
    }
    return { connectionString };
  });
}

type AzuriteServer = {
  httpServer: Server;
  start(): Promise<void>;
  close(): Promise<void>;
  getHttpServerAddress(): string;
};

/** Loading the classes takes half a second, so only who needs them should. */
async function startService(name: string, port: number): Promise<AzuriteServer> {
  const path = `azurite/dist/src/${name.toLowerCase()}/${name}`;
  const { default: Configuration } = require(`${path}Configuration`) as {
    default: new (host: string, port: number) => object;
  };
  const { default: AzuriteService } = require(`${path}Server`) as {
    default: new (configuration: object) => AzuriteServer;
  };
  const server = new AzuriteService(
    Object.assign(new Configuration('127.0.0.1', port), {
      isMemoryPersistence: true,
      enableAccessLog: false,
      // SDKs ask for API versions that Azurite does not know yet.
      skipApiVersionCheck: true,
      // The account is part of the path.
      disableProductStyleUrl: true,
    }),
  );
  onlyLoopback(server.httpServer);
  await server.start();
  return server;
}

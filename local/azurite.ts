import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import { onlyLoopback } from './only-loopback.ts';

/** Azurite, running in this process. The connection string names all of its services. */
export type Azurite = { connectionString: string; close(): Promise<void> };

const HOST = '127.0.0.1';

/** The services with the ports that every Azurite has. */
const SERVICES = [
  { name: 'Blob', port: 10_000 },
  { name: 'Queue', port: 10_001 },
  { name: 'Table', port: 10_002 },
] as const;

/**
 * Starts Azurite's blobs, queues and tables silently, in memory, on the loopback interface: on their usual ports if asked
 * for and free, otherwise on any. They run in this process, so that nothing of them stays behind however it ends, even
 * after SIGKILL; Azurite's own command would outlive it.
 */
export async function startAzurite({ onUsualPorts = false } = {}): Promise<Azurite> {
  const require = createRequire(import.meta.url);
  // The account and key of every Azurite: they are public, and protect nothing.
  const { EMULATOR_ACCOUNT_NAME: account, EMULATOR_ACCOUNT_KEY_STR: key } =
    require('azurite/dist/src/blob/utils/constants') as {
      EMULATOR_ACCOUNT_NAME: string;
      EMULATOR_ACCOUNT_KEY_STR: string;
    };
  const servers: AzuriteServer[] = [];
  const close = async () => {
    await Promise.all(servers.map((server) => server.close()));
  };
  let connectionString = `DefaultEndpointsProtocol=http;AccountName=${account};AccountKey=${key};`;
  try {
    for (const { name, port } of SERVICES) {
      const server = onUsualPorts
        ? await startService(name, port).catch(() => startService(name, 0))
        : await startService(name, 0);
      servers.push(server);
      connectionString += `${name}Endpoint=${server.getHttpServerAddress()}/${account};`;
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { connectionString, close };
}

type AzuriteServer = {
  httpServer: Server;
  start(): Promise<void>;
  close(): Promise<void>;
  getHttpServerAddress(): string;
};

/** Azurite's classes have no types. Loading them takes half a second, so only who needs them should. */
async function startService(name: (typeof SERVICES)[number]['name'], port: number): Promise<AzuriteServer> {
  const require = createRequire(import.meta.url);
  const path = `azurite/dist/src/${name.toLowerCase()}/${name}`;
  const { default: Configuration } = require(`${path}Configuration`) as {
    default: new (host: string, port: number) => object;
  };
  const { default: AzuriteService } = require(`${path}Server`) as {
    default: new (configuration: object) => AzuriteServer;
  };
  const server = new AzuriteService(
    Object.assign(new Configuration(HOST, port), {
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

import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { onlyLoopback } from './only-loopback.ts';

/** Azurite's blob service, running in this process. */
export type Azurite = { connectionString: string; close(): Promise<void> };

/** How to start Azurite; every part is optional. */
export type AzuriteOptions = {
  /** 0, the default, picks a free one. */
  port?: number;
  /** Where blobs survive a restart; absent: in memory only. */
  dataDirectory?: string;
};

const HOST = '127.0.0.1';

/**
 * Starts Azurite's blob service on the loopback interface, silently. It runs in this process, so that nothing of it
 * stays behind however this process ends, not even after SIGKILL; Azurite's own command would outlive it.
 */
export async function startAzurite({ port = 0, dataDirectory }: AzuriteOptions = {}): Promise<Azurite> {
  const { BlobServer, BlobConfiguration, account, key } = loadAzurite();
  const folder = dataDirectory ?? '';
  const server = new BlobServer(
    new BlobConfiguration(
      HOST,
      port,
      0, // seconds of keep-alive: Node's default
      join(folder, 'blobs.json'),
      join(folder, 'extents.json'),
      [{ locationId: 'Default', locationPath: join(folder, 'extents'), maxConcurrency: 50 }],
      false, // access log
      undefined,
      false, // debug log
      undefined,
      false, // loose
      true, // skipApiVersionCheck: the SDK asks for a version of the API that Azurite does not know yet
      '', // certificate
      '', // its key
      '', // its password
      undefined, // OAuth
      true, // disableProductStyleUrl: the account is part of the path
      dataDirectory === undefined, // in memory
    ),
  );
  onlyLoopback(server.httpServer);
  await server.start();
  const endpoint = `${server.getHttpServerAddress()}/${account}`;
  return {
    connectionString: `DefaultEndpointsProtocol=http;AccountName=${account};AccountKey=${key};BlobEndpoint=${endpoint};`,
    close: () => server.close(),
  };
}

type BlobServer = {
  httpServer: Server;
  start(): Promise<void>;
  close(): Promise<void>;
  getHttpServerAddress(): string;
};

/** Azurite's classes, which have no types; loading them takes half a second, so nobody who does not need them should. */
function loadAzurite() {
  const require = createRequire(import.meta.url);
  const server = require('azurite/dist/src/blob/BlobServer') as {
    default: new (configuration: object) => BlobServer;
  };
  const configuration = require('azurite/dist/src/blob/BlobConfiguration') as {
    default: new (...settings: unknown[]) => object;
  };
  // The account and key that every Azurite has: they are published, and protect nothing.
  const constants = require('azurite/dist/src/blob/utils/constants') as {
    EMULATOR_ACCOUNT_NAME: string;
    EMULATOR_ACCOUNT_KEY_STR: string;
  };
  return {
    BlobServer: server.default,
    BlobConfiguration: configuration.default,
    account: constants.EMULATOR_ACCOUNT_NAME,
    key: constants.EMULATOR_ACCOUNT_KEY_STR,
  };
}

import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { Container } from '@azure/cosmos';
import { containerDefinitions } from '../../src/operate/containers.ts';
import { createCosmosClient } from '../../src/store/cosmos-client.ts';
import { cosmosSettings } from '../../test/support/cosmos.ts';

/** The in-memory Cosmos DB in a process of its own, with the app's containers. */
export type CosmosProcess = {
  endpoint: string;
  connectionString: string;
  products: Container;
  close(): void;
};

/** Starts `bundlePath`, the bundled `cosmos-server`. */
export async function startCosmosProcess(bundlePath: string): Promise<CosmosProcess> {
  const server = fork(bundlePath, { execArgv: [] });
  const [connectionString] = await once(server, 'message');
  const settings = cosmosSettings(String(connectionString));
  const client = await createCosmosClient(settings);
  const { database } = await client.databases.create({ id: settings.database });
  for (const definition of containerDefinitions(settings)) await database.containers.create(definition);
  return {
    endpoint: await client.getWriteEndpoint(),
    connectionString: String(connectionString),
    products: database.container(settings.productsContainer),
    close: () => {
      client.dispose();
      server.disconnect();
    },
  };
}

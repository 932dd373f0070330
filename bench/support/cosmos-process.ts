import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { Container } from '@azure/cosmos';
import { containerDefinitions } from '../../src/operate/containers.ts';
import { createCosmosClient } from '../../src/store/cosmos-client.ts';
import { cosmosSettings } from '../../test/support/cosmos.ts';

/** The in-memory Cosmos DB in a process of its own, with the app's containers. */
export type CosmosProcess = {
  connectionString: string;
  products: Container;
  deadLetters: Container;
  /** Creates a container beside the app's. */
  createContainer(id: string): Promise<Container>;
  close(): void;
};

/** Starts the bundled `cosmos-server`; by default the one beside the running bundle. */
export async function startCosmosProcess(bundlePath = besideThis('cosmos-server')): Promise<CosmosProcess> {
  const server = fork(bundlePath, { execArgv: [] });
  const [connectionString] = await once(server, 'message');
  const settings = cosmosSettings(String(connectionString));
  const client = await createCosmosClient(settings);
  const { database } = await client.databases.create({ id: settings.database });
  for (const definition of containerDefinitions(settings)) await database.containers.create(definition);
  return {
    connectionString: String(connectionString),
    products: database.container(settings.productsContainer),
    deadLetters: database.container(settings.deadLettersContainer),
    async createContainer(id) {
      return (await database.containers.create({ id, partitionKey: { paths: ['/id'] } })).container;
    },
    close: () => {
      client.dispose();
      server.disconnect();
    },
  };
}

/** The bundle of that name in the folder of the one that runs. */
export function besideThis(name: string): string {
  return path.join(path.dirname(process.argv[1] ?? ''), `${name}.cjs`);
}

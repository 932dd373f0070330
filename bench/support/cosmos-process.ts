import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { Container } from '@azure/cosmos';
import { createContainers } from '../../local/create-containers.ts';
import { createCosmosClient } from '../../src/store/cosmos-client.ts';
import { cosmosSettings } from '../../test/support/cosmos.ts';

/**
 * Starts the in-memory Cosmos DB in a process of its own, with the app's containers: the bundled `cosmos-server`, by
 * default the one beside the running bundle.
 */
export async function startCosmosProcess(bundlePath = besideThis('cosmos-server')) {
  const server = fork(bundlePath, { execArgv: [] });
  const [connectionString] = (await once(server, 'message')) as [string];
  const settings = cosmosSettings(connectionString);
  await createContainers(settings);
  const client = await createCosmosClient(settings);
  const database = client.database(settings.database);
  return {
    connectionString,
    products: database.container(settings.productsContainer),
    deadLetters: database.container(settings.deadLettersContainer),
    /** Creates a container beside the app's. */
    async createContainer(id: string): Promise<Container> {
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

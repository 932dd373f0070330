import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { Container } from '@azure/cosmos';
import { containerDefinitions } from '../../src/store/containers.ts';
import { createCosmosClient } from '../../src/store/cosmos-client.ts';
import { cosmosSettings } from '../../test/support/cosmos.ts';

/** Containers on the in-memory Cosmos DB in its process. `others` is one for documents of another shape. */
export type CosmosCatalog = {
  products: Container;
  deadLetters: Container;
  others: Container;
  close(): void;
};

/** Starts `cosmos-server`, the bundle beside this one, and makes the app's containers in it. */
export async function startCosmosCatalog(): Promise<CosmosCatalog> {
  const server = fork(path.join(path.dirname(process.argv[1] ?? ''), 'cosmos-server.cjs'), { execArgv: [] });
  const [connectionString] = await once(server, 'message');
  const settings = cosmosSettings(String(connectionString));
  const client = await createCosmosClient(settings);
  const { database } = await client.databases.create({ id: settings.database });
  for (const definition of containerDefinitions(settings)) await database.containers.create(definition);
  await database.containers.create({ id: 'others', partitionKey: { paths: ['/id'] } });
  return {
    products: database.container(settings.productsContainer),
    deadLetters: database.container(settings.deadLettersContainer),
    others: database.container('others'),
    close: () => {
      client.dispose();
      server.disconnect();
    },
  };
}

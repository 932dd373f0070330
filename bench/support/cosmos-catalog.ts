import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { Container } from '@azure/cosmos';
import { containerDefinitions } from '../../src/operate/containers.ts';
import { createCosmosClient } from '../../src/store/cosmos-client.ts';
import { cosmosSettings } from '../../test/support/cosmos.ts';

/** Containers on the in-memory Cosmos DB in its process: the app's, and one for each way it is compared with. */
export type CosmosCatalog = {
  products: Container;
  deadLetters: Container;
  /** For a core that has just started: it must not meet what another one wrote. */
  fresh: Container;
  bare: Container;
  straightforward: Container;
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
  for (const id of ['fresh', 'bare', 'straightforward']) {
    await database.containers.create({ id, partitionKey: { paths: ['/id'] } });
  }
  return {
    products: database.container(settings.productsContainer),
    deadLetters: database.container(settings.deadLettersContainer),
    fresh: database.container('fresh'),
    bare: database.container('bare'),
    straightforward: database.container('straightforward'),
    close: () => {
      client.dispose();
      server.disconnect();
    },
  };
}

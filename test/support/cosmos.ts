import type { Container, CosmosClient } from '@azure/cosmos';
import { startCosmosServer } from '../../local/cosmos-server.ts';
import { containerDefinitions } from '../../src/operate/containers.ts';
import { type CosmosSettings, readAppSettings } from '../../src/settings/app-settings.ts';
import { createCosmosClient } from '../../src/store/cosmos-client.ts';
import { cosmosDeadLetterStore } from '../../src/store/cosmos-dead-letter-store.ts';
import { cosmosProductStore } from '../../src/store/cosmos-product-store.ts';
import type { DeadLetterStore } from '../../src/store/dead-letter.ts';
import type { ProductStore } from '../../src/store/product-store.ts';

/** A real Cosmos DB-protocol server with the app's database and containers, and the app's own stores on it. */
export type TestCosmos = {
  endpoint: string;
  connectionString: string;
  settings: CosmosSettings;
  client: CosmosClient;
  products: Container;
  deadLetters: Container;
  stores: { products: ProductStore; deadLetters: DeadLetterStore };
  close(): Promise<void>;
};

/** Settings that reach a server at `connectionString`. */
export function cosmosSettings(connectionString: string): CosmosSettings {
  const read = readAppSettings({ COSMOS_CONNECTION_STRING: connectionString });
  if (read.settings === null) throw new Error(JSON.stringify(read.problems));
  return read.settings.cosmos;
}

export async function startTestCosmos(): Promise<TestCosmos> {
  const server = await startCosmosServer();
  const settings = cosmosSettings(server.connectionString);
  const client = await createCosmosClient(settings);
  const { database } = await client.databases.create({ id: settings.database });
  for (const definition of containerDefinitions(settings)) await database.containers.create(definition);
  const products = database.container(settings.productsContainer);
  const deadLetters = database.container(settings.deadLettersContainer);
  return {
    endpoint: server.endpoint,
    connectionString: server.connectionString,
    settings,
    client,
    products,
    deadLetters,
    stores: {
      products: cosmosProductStore(async () => products),
      deadLetters: cosmosDeadLetterStore(async () => deadLetters),
    },
    close: async () => {
      client.dispose();
      await server.close();
    },
  };
}

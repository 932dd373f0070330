import { startCosmosServer } from '../../local/cosmos-server.ts';
import { createContainers } from '../../local/create-containers.ts';
import { type CosmosSettings, readAppSettings } from '../../src/settings/app-settings.ts';
import { createCosmosClient } from '../../src/store/cosmos-client.ts';
import { cosmosDeadLetterStore } from '../../src/store/cosmos-dead-letter-store.ts';
import { cosmosProductStore } from '../../src/store/cosmos-product-store.ts';

export type TestCosmos = Awaited<ReturnType<typeof startTestCosmos>>;

/** Settings that reach a server at `connectionString`. */
export function cosmosSettings(connectionString: string): CosmosSettings {
  const read = readAppSettings({ COSMOS_CONNECTION_STRING: connectionString });
  if (read.settings === null) throw new Error(JSON.stringify(read.problems));
  return read.settings.cosmos;
}

/** A real Cosmos DB-protocol server with the app's database and containers, and the app's own stores on it. */
export async function startTestCosmos() {
  const { endpoint, connectionString, close } = await startCosmosServer();
  const settings = cosmosSettings(connectionString);
  await createContainers(settings);
  const client = await createCosmosClient(settings);
  const database = client.database(settings.database);
  const products = database.container(settings.productsContainer);
  const deadLetters = database.container(settings.deadLettersContainer);
  return {
    endpoint,
    connectionString,
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
      await close();
    },
  };
}

import { containerDefinitions } from '../src/operate/containers.ts';
import type { CosmosSettings } from '../src/settings/app-settings.ts';
import { createCosmosClient } from '../src/store/cosmos-client.ts';

/** Creates the app's database and containers if they are missing. */
export async function createContainers(settings: CosmosSettings): Promise<void> {
  const client = await createCosmosClient(settings);
  try {
    const { database } = await client.databases.createIfNotExists({ id: settings.database });
    for (const definition of containerDefinitions(settings))
      await database.containers.createIfNotExists(definition);
  } finally {
    client.dispose();
  }
}

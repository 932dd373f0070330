import { containerDefinitions } from '../src/operate/containers.ts';
import type { CosmosSettings } from '../src/settings/app-settings.ts';
import { createCosmosClient } from '../src/store/cosmos-client.ts';

/** Creates the app's database and containers if they are missing. Returns the containers' ids. */
export async function createContainers(settings: CosmosSettings): Promise<string[]> {
  const definitions = containerDefinitions(settings);
  const client = await createCosmosClient(settings);
  try {
    const { database } = await client.databases.createIfNotExists({ id: settings.database });
    for (const definition of definitions) await database.containers.createIfNotExists(definition);
  } finally {
    client.dispose();
  }
  return definitions.map(({ id = '' }) => id);
}

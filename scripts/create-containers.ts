import { readLocalSettings, withoutBlanks } from '../local/settings.ts';
import { StartError } from '../local/start-error.ts';
import { containerDefinitions } from '../src/operate/containers.ts';
import { readAppSettings } from '../src/settings/app-settings.ts';
import { settingsReport } from '../src/settings/read-settings.ts';
import { createCosmosClient } from '../src/store/cosmos-client.ts';

// Creates the database and the containers that the settings name, where they are missing, as in an emulator. Needs a
// connection string or a key: managed identity has no right to.

try {
  const read = readAppSettings({
    ...(await readLocalSettings(process.cwd())),
    ...withoutBlanks(process.env),
  });
  if (read.settings === null) throw new StartError(settingsReport(read.problems));
  const { cosmos } = read.settings;
  const client = await createCosmosClient(cosmos);
  try {
    const { database } = await client.databases.createIfNotExists({ id: cosmos.database });
    for (const definition of containerDefinitions(cosmos)) {
      await database.containers.createIfNotExists(definition);
      console.log(`${cosmos.database}/${definition.id} is there.`);
    }
  } finally {
    client.dispose();
  }
} catch (error) {
  const reason = error instanceof Error ? error.message : String(error);
  process.stderr.write(`error: ${reason.split('\n')[0]}\n`);
  process.exitCode = 1;
}

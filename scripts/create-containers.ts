import { createContainers } from '../local/create-containers.ts';
import { readLocalSettings, withoutBlanks } from '../local/settings.ts';
import { StartError } from '../local/start-error.ts';
import { readAppSettings } from '../src/settings/app-settings.ts';
import { settingsReport } from '../src/settings/read-settings.ts';

// Creates the database and the containers that the settings name, where they are missing, as in an emulator. Needs a
// connection string or a key: managed identity has no right to.

try {
  const read = readAppSettings({
    ...(await readLocalSettings(process.cwd())),
    ...withoutBlanks(process.env),
  });
  if (read.settings === null) throw new StartError(settingsReport(read.problems));
  const { cosmos } = read.settings;
  for (const id of await createContainers(cosmos)) console.log(`${cosmos.database}/${id} is there.`);
} catch (error) {
  const reason = error instanceof Error ? error.message : String(error);
  process.stderr.write(`error: ${reason.split('\n')[0]}\n`);
  process.exitCode = 1;
}

import { startAzurite } from './azurite.ts';
import { startCosmosServer } from './cosmos-server.ts';
import { createContainers } from './create-containers.ts';
import { LOCAL_WEBHOOK_SECRET } from './defaults.ts';
import type { Log } from './functions-host/log.ts';
import { offerLocalSettings, readStartSettings } from './settings.ts';
import { requireConfig } from './stack-settings.ts';
import { startLocalHub } from './start-event-hubs.ts';
import { startTogether } from './start-together.ts';

/** Azurite, Cosmos DB and Event Hubs alone, for an app that Core Tools run. */
export type Emulators = Awaited<ReturnType<typeof startEmulators>>;

/** How to start them; 0 picks a free port. */
export type EmulatorsOptions = {
  cosmosPort?: number;
  eventHubsPort?: number | 'usual';
  /** The project, whose local.settings.json is written if there is none. */
  folder?: string;
  log: Log;
};

/**
 * Starts them, with the database, the containers and the hub that the settings name.
 * @throws StartError with one line for the person who started it
 */
export async function startEmulators(options: EmulatorsOptions) {
  const { cosmosPort = 0, eventHubsPort = 0, folder = process.cwd(), log } = options;
  const given = await readStartSettings(folder);
  return startTogether(async (stops) => {
    const cosmos = await startCosmosServer({ port: cosmosPort });
    stops.push(() => cosmos.close());
    const eventHubs = await startLocalHub({ given, port: eventHubsPort, log }, stops);
    const azurite = await startAzurite({ onUsualPorts: true });
    stops.push(() => azurite.close());
    /** The app's settings that name them. */
    const values: Record<string, string> = {
      FUNCTIONS_WORKER_RUNTIME: 'node',
      AzureWebJobsStorage: azurite.connectionString,
      COSMOS_CONNECTION_STRING: cosmos.connectionString,
      EventHubConnection: eventHubs.connectionString,
      // The user's own secret is neither written nor printed.
      ...(!given.ORDERCLOUD_WEBHOOK_SECRETS && { ORDERCLOUD_WEBHOOK_SECRETS: LOCAL_WEBHOOK_SECRET }),
    };
    const { app } = requireConfig({ ...given, ...values });
    await createContainers(app.cosmos);
    const settingsFile = await offerLocalSettings(folder, values);
    return { values, settingsFile, eventHubs, cosmosEndpoint: cosmos.endpoint, cosmosSettings: app.cosmos };
  });
}

import { type CosmosSettings, readAppSettings } from '../src/settings/app-settings.ts';
import { settingsReport } from '../src/settings/settings-problem.ts';
import { closeAll, type Started } from './close-all.ts';
import { startCosmosServer } from './cosmos-server.ts';
import { createContainers } from './create-containers.ts';
import type { Log } from './functions-host/log.ts';
import { givenSettings } from './given-settings.ts';
import { offerLocalSettings } from './local-settings-file.ts';
import { LOCAL_WEBHOOK_SECRET } from './local-webhook-secret.ts';
import { StartError } from './start-error.ts';
import { startLocalEventHubs } from './start-event-hubs.ts';

/** Azurite, Cosmos DB and Event Hubs alone, for an app that Core Tools run. */
export type Emulators = {
  /** The app's settings that name them. */
  values: Record<string, string>;
  /** What became of local.settings.json. */
  settingsFile: 'written' | 'fits' | 'differs';
  cosmosEndpoint: string;
  cosmosSettings: CosmosSettings;
  eventHubs: { connectionString: string; hub: string };
  close(): Promise<void>;
};

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
export async function startEmulators(options: EmulatorsOptions): Promise<Emulators> {
  const { cosmosPort = 0, eventHubsPort = 0, folder = process.cwd(), log } = options;
  const given = await givenSettings(folder);
  const started: Started = [];
  try {
    const cosmos = await startCosmosServer({ port: cosmosPort });
    started.push(() => cosmos.close());
    const eventHubs = await startLocalEventHubs({
      given,
      port: eventHubsPort,
      azuriteOnUsualPorts: true,
      log,
    });
    started.push(() => eventHubs.close());
    const cosmosSettings = cosmosSettingsFrom({
      ...given,
      COSMOS_CONNECTION_STRING: cosmos.connectionString,
    });
    await createContainers(cosmosSettings);
    const values = {
      FUNCTIONS_WORKER_RUNTIME: 'node',
      AzureWebJobsStorage: eventHubs.feed.storageConnectionString,
      COSMOS_CONNECTION_STRING: cosmos.connectionString,
      EventHubConnection: eventHubs.connectionString,
      // The user's own secret is neither written nor printed.
      ...(!given.ORDERCLOUD_WEBHOOK_SECRETS && { ORDERCLOUD_WEBHOOK_SECRETS: LOCAL_WEBHOOK_SECRET }),
    };
    return {
      values,
      settingsFile: await offerLocalSettings(folder, values),
      cosmosEndpoint: cosmos.endpoint,
      cosmosSettings,
      eventHubs,
      close: () => closeAll(started, 0),
    };
  } catch (error) {
    await closeAll(started, 0);
    throw error;
  }
}

function cosmosSettingsFrom(env: Record<string, string>): CosmosSettings {
  const { settings, problems } = readAppSettings(env);
  if (settings !== null) return settings.cosmos;
  throw new StartError(settingsReport(problems));
}

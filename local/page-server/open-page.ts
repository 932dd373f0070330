import type { AppSettings } from '../../src/settings/app-settings.ts';
import { createCosmosClient } from '../../src/store/cosmos-client.ts';
import type { Health, Transport } from '../page/api.ts';
import { isAppSetting, type Variables } from '../settings.ts';
import { MessageLog } from './messages.ts';
import { createPageServer, type PageServer } from './page-server.ts';
import type { Targets } from './send.ts';
import { pageStore } from './store.ts';

/** What the page needs of the stack around it. */
export type OpenPageOptions = {
  settings: AppSettings;
  /** The app's, by name. */
  variables: Variables;
  isLocalStore: boolean;
  folder: string;
  eventhub: Targets['eventhub'];
  kafka: Targets['kafka'];
  secret: string;
};

/** The page, and what it looks on by. */
export type OpenPage = {
  server: PageServer;
  /** Is told what comes to the app, and what the app says of it. */
  messages: MessageLog;
  /** Tells it where the host listens. */
  setAddress(address: { webhookUrl: string; healthUrl: string }): void;
  close(): Promise<void>;
};

/** Settings that are no secret: their values are shown. */
const OPEN_SETTING =
  /^(MAX_|WRITE_|TOMBSTONE_|DEAD_LETTER_|COSMOS_DATABASE|COSMOS_\w*CONTAINER|ORDERCLOUD_MARKETPLACE_ID|EVENT_HUB_|KAFKA_(TOPIC|CONSUMER_GROUP))/;

/** Opens the page on the stack's Cosmos DB. */
export function openPage(options: OpenPageOptions): OpenPage {
  const { settings, eventhub, kafka, secret, isLocalStore, folder } = options;
  const messages = new MessageLog();
  const client = createCosmosClient(settings.cosmos);
  let address = { webhookUrl: '', healthUrl: '' };
  const transports: Transport[] = [
    'http',
    ...(eventhub ? ['eventhub' as const] : []),
    ...(kafka ? ['kafka' as const] : []),
  ];

  const server = createPageServer({
    messages,
    folder,
    store: client.then((opened) => pageStore(opened, settings)),
    targets: () => ({ http: { url: address.webhookUrl, secret }, eventhub, kafka }),
    stack: { transports, store: settings.cosmos.access.endpoint, isLocalStore },
    async health() {
      const response = await fetch(address.healthUrl);
      const { failing = [] } = (await response.json()) as { failing?: string[] };
      return {
        checks: { status: response.status, failing },
        settings: shownSettings(options.variables),
        seconds: messages.seconds.list(),
      };
    },
  });
  return {
    server,
    messages,
    setAddress(found) {
      address = found;
    },
    async close() {
      server.close();
      (await client).dispose();
    },
  };
}

/** By name; the values only of those that are no secret. */
function shownSettings(variables: Variables): Health['settings'] {
  return Object.entries(variables)
    .filter(([name, value]) => value && isAppSetting(name))
    .map(([name, value]) => ({ name, value: OPEN_SETTING.test(name) ? (value ?? null) : null }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

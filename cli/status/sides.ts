import { LOCAL_WEBHOOK_SECRET, localEventHubsConnectionString } from '../../local/defaults.ts';
import { TRANSPORTS, type Transport } from '../../src/message/delivery.ts';
import { readEventHubSettings } from '../../src/settings/broker-settings.ts';
import { readWebhookSecrets } from '../../src/settings/webhook-secrets.ts';
import type { Account } from '../common/account.ts';
import { httpUrl, printableUrl } from '../common/url.ts';
import type { OrderCloudApi } from '../ordercloud/api.ts';
import { type Model, textOf } from '../ordercloud/model.ts';
import { readDeliveryConfig, readProductSync, targetsOf } from '../ordercloud/sync-state.ts';

/** What the local stack gives the app where the settings do not. */
const LOCAL_SETTINGS = {
  ORDERCLOUD_WEBHOOK_SECRETS: LOCAL_WEBHOOK_SECRET,
  EventHubConnection: localEventHubsConnectionString(),
};

/** What the app's settings say about the ways messages can come by; never a secret. */
export type AppSide = ReturnType<typeof readAppSide>;

/** Reads the app's settings, as the environment and local.settings.json give them, and the local stack if it runs. */
export function readAppSide(settings: Readonly<Record<string, string>>, isLocal = false) {
  const given: Readonly<Record<string, string>> = { ...(isLocal && LOCAL_SETTINGS), ...settings };
  const { KAFKA_BROKERS: brokers, KAFKA_TOPIC: topic } = given;
  const { settings: eventHub } = readEventHubSettings(given);
  const { secrets, problems, warnings } = readWebhookSecrets(given);
  return {
    webhookSecrets: secrets.length,
    /** What is wrong or odd about the secrets; never a value. */
    secretProblems: [...problems.map(({ name, problem }) => `${name} ${problem}`), ...warnings],
    eventHub: eventHub && { ...eventHub, namespace: namespaceOf(given) },
    kafka: brokers && topic ? { brokers, topic } : null,
    marketplaceId: given.ORDERCLOUD_MARKETPLACE_ID ?? null,
  };
}

/**
 * The host of the Event Hubs, such as `shop.servicebus.windows.net`: that of the connection, if both are set, as in the
 * Functions host. A reference to a Key Vault shows none.
 */
function namespaceOf(given: Readonly<Record<string, string>>): string | null {
  const { EventHubConnection: connection, EventHubConnection__fullyQualifiedNamespace: host } = given;
  if (connection === undefined) return host?.toLowerCase() ?? null;
  return /(?:^|;)\s*Endpoint=sb:\/\/([^/:;]+)/i.exec(connection)?.[1]?.toLowerCase() ?? null;
}

/** What is in the containers. */
export type ContainerSide = Awaited<ReturnType<typeof readContainerSide>>;

/** Counts, and looks for the last message of each transport. */
export async function readContainerSide({ address, isLocal, settings, catalog, archive }: Account) {
  const { database, productsContainer } = settings.cosmos;
  const lastOf = async (transport: Transport) => {
    const message = await catalog.lastMessage(transport);
    if (message === null) return [];
    // From the time that the broker gave it until the app had it.
    const lagMs = Math.max(0, Date.parse(message.receivedAt) - Date.parse(message.time));
    return [{ transport, ...message, lagMs }];
  };
  const [counts, deadLetters, lastMessages] = await Promise.all([
    catalog.counts(),
    archive.count(),
    Promise.all(TRANSPORTS.map(lastOf)),
  ]);
  const container = `${database}/${productsContainer}`;
  return { address, isLocal, container, ...counts, deadLetters, lastMessages: lastMessages.flat() };
}

/** What OrderCloud holds of product synchronization. */
export type OrderCloudSide = Awaited<ReturnType<typeof readOrderCloudSide>>;

/** Reads what OrderCloud holds of product synchronization; null where there is none. */
export async function readOrderCloudSide(api: OrderCloudApi) {
  const config = await readProductSync(api);
  const deliveryConfigId = textOf(config?.DeliveryConfigID) ?? null;
  const delivery = deliveryConfigId === null ? null : await readDeliveryConfig(api, deliveryConfigId);
  return {
    productSync: config && {
      changed: config.SyncProductChanged === true,
      deleted: config.SyncProductDeleted === true,
      paused: config.Paused === true,
      excludesPrices: config.ExcludePriceSchedules === true,
      deliveryConfigId,
    },
    delivery: delivery && { enabled: delivery.Enabled === true, targets: targetsIn(delivery) },
  };
}

/** The targets that lead to this app, as far as OrderCloud shows them: never a secret. */
export type Targets = ReturnType<typeof targetsIn>;

function targetsIn(delivery: Model) {
  const { Http: http, EventHub: eventHub, Kafka: kafka, ...others } = Object.fromEntries(targetsOf(delivery));
  const text = (value: unknown) => textOf(value) ?? '';
  return {
    http: http ? { endpoint: withoutQuery(text(http.Endpoint)) } : null,
    eventHub: eventHub ? { hub: text(eventHub.EventHubName) } : null,
    kafka: kafka ? { brokers: text(kafka.BootstrapServers), topic: text(kafka.Topic) } : null,
    /** Names of all others. */
    others: Object.keys(others),
  };
}

/** A query may hold a function key. */
function withoutQuery(address: string): string {
  const url = httpUrl(address);
  return url === null ? '' : printableUrl(url);
}

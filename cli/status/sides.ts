import { LOCAL_WEBHOOK_SECRET, localEventHubsConnectionString } from '../../local/defaults.ts';
import type { Transport } from '../../src/message/delivery.ts';
import { type LastMessage, MESSAGE_TRANSPORTS } from '../../src/operate/product-catalog.ts';
import { eventHubSettings } from '../../src/settings/broker-settings.ts';
import { readWebhookSecrets } from '../../src/settings/webhook-secrets.ts';
import type { Account } from '../common/account.ts';
import type { OrderCloudApi } from '../ordercloud/api.ts';
import { type Model, textOf } from '../ordercloud/model.ts';
import { readDeliveryConfig, readProductSync, targetsOf } from '../ordercloud/sync-state.ts';

/** What the app's settings say about the ways messages can come by; never a secret. */
export type AppSide = {
  webhookSecrets: number;
  /** What is wrong or odd about the secrets; never a value. */
  secretProblems: string[];
  /** `namespace` is its host, such as `shop.servicebus.windows.net`; null where the settings do not show it. */
  eventHub: { hub: string; consumerGroup: string; namespace: string | null } | null;
  kafka: { brokers: string; topic: string } | null;
  marketplaceId: string | null;
};

/** What the local stack gives the app where the settings do not. */
const LOCAL_SETTINGS = {
  ORDERCLOUD_WEBHOOK_SECRETS: LOCAL_WEBHOOK_SECRET,
  EventHubConnection: localEventHubsConnectionString(),
};

/** Reads the app's settings, as the environment and local.settings.json give them, and the local stack if it runs. */
export function readAppSide(settings: Readonly<Record<string, string>>, isLocal = false): AppSide {
  const given: Readonly<Record<string, string>> = { ...(isLocal && LOCAL_SETTINGS), ...settings };
  const { KAFKA_BROKERS: brokers, KAFKA_TOPIC: topic } = given;
  const eventHub = eventHubSettings(given);
  const { secrets, problems, warnings } = readWebhookSecrets(given);
  return {
    webhookSecrets: secrets.length,
    secretProblems: [...problems.map(({ name, problem }) => `${name} ${problem}`), ...warnings],
    eventHub: eventHub && { ...eventHub, namespace: namespaceOf(given) },
    kafka: brokers && topic ? { brokers, topic } : null,
    marketplaceId: given.ORDERCLOUD_MARKETPLACE_ID ?? null,
  };
}

/** The host has the connection first, if both are set; a reference to a Key Vault shows none. */
function namespaceOf(given: Readonly<Record<string, string>>): string | null {
  const { EventHubConnection: connection, EventHubConnection__fullyQualifiedNamespace: host } = given;
  if (connection === undefined) return host?.toLowerCase() ?? null;
  return /(?:^|;)\s*Endpoint=sb:\/\/([^/:;]+)/i.exec(connection)?.[1]?.toLowerCase() ?? null;
}

/** What is in the containers. */
export type ContainerSide = {
  address: string;
  container: string;
  /** Whether it is that of the local stack. */
  isLocal: boolean;
  products: number;
  tombstones: number;
  deadLetters: number;
  /** By transport: the message with the latest time that is stored, and how long it took from there to the app. */
  lastMessages: (LastMessage & { transport: Transport; lagMs: number })[];
};

/** Counts, and looks for the last message of each transport. */
export async function readContainerSide({
  address,
  isLocal,
  settings,
  catalog,
  archive,
}: Account): Promise<ContainerSide> {
  const { database, productsContainer } = settings.cosmos;
  const [counts, deadLetters, last] = await Promise.all([
    catalog.counts(),
    archive.count(),
    Promise.all(MESSAGE_TRANSPORTS.map((transport) => catalog.lastMessage(transport))),
  ]);
  const lastMessages = MESSAGE_TRANSPORTS.flatMap((transport, index) => {
    const message = last[index];
    if (!message) return [];
    const lagMs = Math.max(0, Date.parse(message.receivedAt) - Date.parse(message.time));
    return [{ transport, ...message, lagMs }];
  });
  return {
    address,
    isLocal,
    container: `${database}/${productsContainer}`,
    ...counts,
    deadLetters,
    lastMessages,
  };
}

/** The targets that lead to this app, as far as OrderCloud shows them: never a secret. */
export type Targets = {
  http: { endpoint: string } | null;
  eventHub: { hub: string } | null;
  kafka: { brokers: string; topic: string } | null;
  /** Names of all others. */
  others: string[];
};

/** What OrderCloud holds of product synchronization. */
export type OrderCloudSide = {
  /** Null: not configured. */
  productSync: {
    changed: boolean;
    deleted: boolean;
    paused: boolean;
    excludesPrices: boolean;
    deliveryConfigId: string | null;
  } | null;
  /** Null: there is none of that ID. */
  delivery: { enabled: boolean; targets: Targets } | null;
};

/** Reads what OrderCloud holds of product synchronization. */
export async function readOrderCloudSide(api: OrderCloudApi, signal: AbortSignal): Promise<OrderCloudSide> {
  const config = await readProductSync(api, { signal });
  if (config === null) return { productSync: null, delivery: null };
  const deliveryConfigId = textOf(config.DeliveryConfigID) ?? null;
  const delivery =
    deliveryConfigId === null ? null : await readDeliveryConfig(api, deliveryConfigId, { signal });
  return {
    productSync: {
      changed: config.SyncProductChanged === true,
      deleted: config.SyncProductDeleted === true,
      paused: config.Paused === true,
      excludesPrices: config.ExcludePriceSchedules === true,
      deliveryConfigId,
    },
    delivery: delivery && { enabled: delivery.Enabled === true, targets: targetsIn(delivery) },
  };
}

const OWN = new Set(['Http', 'EventHub', 'Kafka']);

function targetsIn(delivery: Model): Targets {
  const all = targetsOf(delivery);
  const [http, eventHub, kafka] = [all.get('Http'), all.get('EventHub'), all.get('Kafka')];
  return {
    http: http ? { endpoint: withoutQuery(textOf(http.Endpoint) ?? '') } : null,
    eventHub: eventHub ? { hub: textOf(eventHub.EventHubName) ?? '' } : null,
    kafka: kafka ? { brokers: textOf(kafka.BootstrapServers) ?? '', topic: textOf(kafka.Topic) ?? '' } : null,
    others: [...all.keys()].filter((name) => !OWN.has(name)),
  };
}

/** A query may hold a function key. */
function withoutQuery(address: string): string {
  if (!URL.canParse(address)) return '';
  const { origin, pathname } = new URL(address);
  return `${origin}${pathname}`;
}

import { eventHubSettings } from '../../src/settings/event-hub-settings.ts';

/** What the app's settings say about the ways messages can come by; never a secret. */
export type AppSide = {
  webhookSecrets: number;
  /** `namespace` is its host, such as `shop.servicebus.windows.net`; null where the settings do not show it. */
  eventHub: { hub: string; consumerGroup: string; namespace: string | null } | null;
  kafka: { brokers: string; topic: string } | null;
  marketplaceId: string | null;
};

/** Reads the app's settings, as the environment and local.settings.json give them. */
export function readAppSide(given: Readonly<Record<string, string>>): AppSide {
  const { KAFKA_BROKERS: brokers, KAFKA_TOPIC: topic } = given;
  const eventHub = eventHubSettings(given);
  const secrets = (given.ORDERCLOUD_WEBHOOK_SECRETS ?? '').split(',').filter((secret) => secret !== '');
  return {
    webhookSecrets: secrets.length,
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

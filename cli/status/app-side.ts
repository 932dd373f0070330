import { eventHubSettings } from '../../src/config.ts';

/** What the app's settings say about the ways messages can come by; never a secret. */
export type AppSide = {
  webhookSecrets: number;
  eventHub: { hub: string; consumerGroup: string } | null;
  kafka: { brokers: string; topic: string } | null;
  marketplaceId: string | null;
};

/** Reads the app's settings, as the environment and local.settings.json give them. */
export function readAppSide(given: Readonly<Record<string, string>>): AppSide {
  const { KAFKA_BROKERS: brokers, KAFKA_TOPIC: topic } = given;
  const secrets = (given.ORDERCLOUD_WEBHOOK_SECRETS ?? '').split(',').filter((secret) => secret !== '');
  return {
    webhookSecrets: secrets.length,
    eventHub: eventHubSettings(given),
    kafka: brokers && topic ? { brokers, topic } : null,
    marketplaceId: given.ORDERCLOUD_MARKETPLACE_ID ?? null,
  };
}

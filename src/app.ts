import type { Container, CosmosClient } from '@azure/cosmos';
import {
  type CosmosSettings,
  type Environment,
  readSettings,
  type Settings,
  settingsReport,
} from './config.ts';
import { type HealthCheck, healthChecker } from './health.ts';
import type { Log } from './log.ts';
import type { Delivery } from './message/delivery.ts';
import { createCosmosClient } from './store/cosmos-client.ts';
import { cosmosDeadLetterStore } from './store/cosmos-dead-letter-store.ts';
import { failingStoreChecks } from './store/cosmos-health.ts';
import { cosmosProductStore } from './store/cosmos-product-store.ts';
import { receiveBatch } from './sync/receive-batch.ts';
import { EVENT_HUB_RETRY, HTTP_RETRY } from './sync/retry.ts';
import { warmUp } from './warm-up.ts';
import { type Answer, answerToRefusal } from './webhook/answer.ts';
import { type WebhookRequest, webhookReceiver } from './webhook/receive-webhook.ts';

/** What the functions call. One for each worker. */
export type App = {
  receiveWebhook(request: WebhookRequest, log: Log): Promise<Answer>;
  /**
   * Takes a batch of a broker to outcomes. `readBatch` makes the deliveries, and may throw.
   * @throws when anything is left over, so that the broker's trigger runs the whole batch again
   */
  receiveBatch(readBatch: () => Delivery[], log: Log): Promise<void>;
  /** Loads what the first message would have to wait for, and opens the connection to Cosmos DB. Never rejects. */
  warmUp(): Promise<void>;
  /** The checks that fail; an empty list when all is well. */
  failingHealthChecks(): Promise<HealthCheck[]>;
};

/**
 * Puts the parts together. Never throws: with settings that are wrong, which are reported once through `log`, the
 * app answers that it is not ready, because an exception while a Functions app loads leaves no functions at all.
 */
export function createApp(log: Log, env?: Environment): App {
  const read = readSettings(env);
  if (!read.ok) {
    log('error', settingsReport(read.problems), { settings: read.problems.map(({ name }) => name) });
    return {
      receiveWebhook: async () => answerToRefusal('not-configured'),
      receiveBatch: async () => {
        // A fault of our own configuration never dead-letters a message: the partition is held.
        throw new Error(settingsReport(read.problems));
      },
      warmUp: async () => {},
      failingHealthChecks: async () => ['settings'],
    };
  }
  if (read.settings.webhookSecrets.length === 0) {
    log('warn', 'ORDERCLOUD_WEBHOOK_SECRETS is not set: every webhook is refused', {});
  }
  return configuredApp(read.settings);
}

function configuredApp(settings: Settings): App {
  const { products, deadLetters } = containersOf(settings.cosmos);
  const stores = { products: cosmosProductStore(products), deadLetters: cosmosDeadLetterStore(deadLetters) };
  const receive = webhookReceiver(settings, HTTP_RETRY);
  return {
    receiveWebhook: (request, log) => receive(request, { ...stores, settings, log }),
    receiveBatch: async (readBatch, log) =>
      receiveBatch({ ...stores, settings, log }, readBatch(), EVENT_HUB_RETRY),
    warmUp: () => warmUp(stores.products),
    failingHealthChecks: healthChecker(() => failingStoreChecks({ products, deadLetters })),
  };
}

/** Both containers, through one client for the whole worker, made when it is first needed. */
function containersOf(cosmos: CosmosSettings): Record<'products' | 'deadLetters', () => Promise<Container>> {
  let client: Promise<CosmosClient> | undefined;
  const container = (id: string) => async () => {
    client ??= createCosmosClient(cosmos);
    return (await client).database(cosmos.database).container(id);
  };
  return {
    products: container(cosmos.productsContainer),
    deadLetters: container(cosmos.deadLettersContainer),
  };
}

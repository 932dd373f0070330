import type { Container, Database } from '@azure/cosmos';
import type { Span } from '@opentelemetry/api';
import type { Config } from './config.ts';
import { type HealthCheck, healthChecker } from './health.ts';
import type { Log } from './log.ts';
import type { Delivery } from './message/delivery.ts';
import { PRODUCT_UPDATED } from './message/message-type.ts';
import { answerToRefusal } from './receive/answer.ts';
import type { Answer } from './receive/problem.ts';
import type { IncomingRequest } from './receive/read-body.ts';
import { receiveBatch } from './receive/receive-batch.ts';
import { webhookDelivery, webhookReceiver } from './receive/receive-webhook.ts';
import { offersAnswerer } from './serve/answer-offers.ts';
import { answerToOffersRefusal } from './serve/offers-answer.ts';
import type { CosmosSettings } from './settings/app-settings.ts';
import { IS_MISSING, settingsReport } from './settings/read-settings.ts';
import { createCosmosClient } from './store/cosmos-client.ts';
import { cosmosDeadLetterStore } from './store/cosmos-dead-letter-store.ts';
import { failingStoreChecks } from './store/cosmos-health.ts';
import { cosmosProductStore } from './store/cosmos-product-store.ts';
import { prepare } from './sync/prepare.ts';
import { RETRY_POLICIES } from './sync/retry.ts';
import { writeMemory } from './sync/write-memory.ts';

/** What the functions call. One for each worker. */
export type App = ReturnType<typeof createApp>;

/**
 * Puts the parts together, and logs what is wrong with the settings. It never throws, because an exception while a
 * Functions app loads leaves no functions at all: with wrong settings the app answers that it is not ready.
 */
export function createApp(config: Config, log: Log) {
  const { problems, warnings } = config;
  if (problems.length > 0) {
    log('error', settingsReport(problems), { settings: problems.map(({ name }) => name) });
  }
  for (const warning of warnings) log('warn', warning, {});
  const failing = failingSettings(config);
  const parts = partsOf(config);
  return {
    /** Answers a webhook. `span` is what it belongs to, if there is one. */
    async receiveWebhook(request: IncomingRequest, log: Log, span?: Span): Promise<Answer> {
      if (parts === null) return answerToRefusal('not-configured', namesOf(config));
      return parts.receive(request, { ...parts.sync, policy: RETRY_POLICIES.http, log, span });
    },
    /**
     * Settles a batch of a broker.
     * @throws if any message has no outcome yet, so that the broker's trigger runs the whole batch again
     */
    async receiveBatch(deliveries: readonly Delivery[], log: Log, span?: Span): Promise<void> {
      // Wrong settings must not make dead letters: the partition waits.
      if (parts === null) throw new Error(settingsReport(problems));
      const policy = RETRY_POLICIES[deliveries[0]?.transport ?? 'http'];
      return receiveBatch({ ...parts.sync, memory: parts.memory, policy, log, span }, deliveries);
    },
    /** Answers a shopper's request for offers. */
    async answerOffers(request: IncomingRequest, log: Log, span?: Span): Promise<Answer> {
      const answer = parts?.answerOffers?.(request, { products: parts.sync.products, log, span });
      return answer ?? answerToOffersRefusal('not-configured');
    },
    /**
     * Does what the first message would otherwise wait for: compiles the validators, loads Cosmos DB's library, opens a
     * connection and gets a token, by reading an item that need not exist. A failure has no consequence, because the first
     * message would meet it, too, and has retries and an answer for it.
     */
    async warmUp(): Promise<void> {
      const message = { Headers: { type: PRODUCT_UPDATED }, Payload: { ProductID: 'warm-up' } };
      prepare(webhookDelivery(Buffer.from(JSON.stringify(message)), new Date().toISOString()), null);
      await parts?.sync.products.read('warm-up').catch(() => {});
    },
    /** The checks that fail; an empty list when all is well. */
    failingHealthChecks: async () => [...failing, ...((await parts?.failingHealthChecks()) ?? [])],
  };
}

/** Null with wrong settings. */
function partsOf({ app: settings, webhookSecrets, offers }: Config) {
  if (settings === null) return null;
  const containers = containersOf(settings.cosmos);
  const products = cosmosProductStore(containers.products);
  return {
    sync: { products, deadLetters: cosmosDeadLetterStore(containers.deadLetters), settings },
    memory: writeMemory(),
    receive: webhookReceiver({ ...settings, webhookSecrets }),
    answerOffers: offers && offersAnswerer({ ...settings, ...offers }),
    failingHealthChecks: healthChecker(() => failingStoreChecks(containers)),
  };
}

/** Telemetry's settings stop no message, so they fail no check. */
function failingSettings({ problems }: Config): HealthCheck[] {
  const checks = problems.flatMap(({ part, problem }): HealthCheck[] => {
    if (part === 'telemetry') return [];
    return part === 'webhooks' && problem === IS_MISSING ? ['webhook-secret'] : ['settings'];
  });
  return [...new Set(checks)];
}

/** The settings that webhooks wait for. */
function namesOf({ problems }: Config): string[] {
  const parts = ['app', 'webhooks'];
  return problems.filter(({ part }) => parts.includes(part)).map(({ name }) => name);
}

/** Both containers, through one client for the whole worker, which the first call creates. */
function containersOf(cosmos: CosmosSettings): Record<'products' | 'deadLetters', () => Promise<Container>> {
  let database: Promise<Database> | undefined;
  const container = (id: string) => async () => {
    database ??= createCosmosClient(cosmos).then((client) => client.database(cosmos.database));
    return (await database).container(id);
  };
  return {
    products: container(cosmos.productsContainer),
    deadLetters: container(cosmos.deadLettersContainer),
  };
}

import type { Container, Database } from '@azure/cosmos';
import type { Span } from '@opentelemetry/api';
import type { Config } from './config.ts';
import { type HealthCheck, healthChecker } from './health.ts';
import type { Log } from './log.ts';
import type { Delivery } from './message/delivery.ts';
import { answerToRefusal } from './receive/answer.ts';
import type { Answer } from './receive/problem.ts';
import type { IncomingRequest } from './receive/read-body.ts';
import { receiveBatch } from './receive/receive-batch.ts';
import { webhookReceiver } from './receive/receive-webhook.ts';
import { offersAnswerer } from './serve/answer-offers.ts';
import { answerToOffersRefusal } from './serve/offers-answer.ts';
import type { AppSettings, CosmosSettings } from './settings/app-settings.ts';
import { IS_MISSING, settingsReport } from './settings/read-settings.ts';
import { createCosmosClient } from './store/cosmos-client.ts';
import { cosmosDeadLetterStore } from './store/cosmos-dead-letter-store.ts';
import { failingStoreChecks } from './store/cosmos-health.ts';
import { cosmosProductStore } from './store/cosmos-product-store.ts';
import { RETRY_POLICIES } from './sync/retry.ts';
import { writeMemory } from './sync/write-memory.ts';
import { warmUp } from './warm-up.ts';

/** What the functions call. One for each worker. */
export type App = {
  /** Answers a webhook. `caller` is the span that it belongs to, if there is one. */
  receiveWebhook(request: IncomingRequest, log: Log, caller?: Span): Promise<Answer>;
  /**
   * Settles a batch of a broker.
   * @throws if any message has no outcome yet, so that the broker's trigger runs the whole batch again
   */
  receiveBatch(deliveries: readonly Delivery[], log: Log, caller?: Span): Promise<void>;
  /** Answers a shopper's request for offers. */
  answerOffers(request: IncomingRequest, log: Log, caller?: Span): Promise<Answer>;
  /** Loads what the first message would have to wait for, and opens the connection to Cosmos DB. Never rejects. */
  warmUp(): Promise<void>;
  /** The checks that fail; an empty list when all is well. */
  failingHealthChecks(): Promise<HealthCheck[]>;
};

/**
 * Puts the parts together, and logs what is wrong with the settings. It never throws, because an exception while a
 * Functions app loads leaves no functions at all: with wrong settings the app answers that it is not ready.
 */
export function createApp(config: Config, log: Log): App {
  const { app: settings, problems, warnings } = config;
  if (problems.length > 0) {
    log('error', settingsReport(problems), { settings: problems.map(({ name }) => name) });
  }
  for (const warning of warnings) log('warn', warning, {});
  const failing = failingSettings(config);
  if (settings === null) {
    return {
      receiveWebhook: async () => answerToRefusal('not-configured', namesOf(config)),
      receiveBatch: async () => {
        // Wrong settings must not make dead letters: the partition waits.
        throw new Error(settingsReport(problems));
      },
      answerOffers: async () => answerToOffersRefusal('not-configured'),
      warmUp: async () => {},
      failingHealthChecks: async () => failing,
    };
  }
  const app = configuredApp(settings, config);
  return { ...app, failingHealthChecks: async () => [...failing, ...(await app.failingHealthChecks())] };
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

function configuredApp(settings: AppSettings, { webhookSecrets, offers }: Config): App {
  const containers = containersOf(settings.cosmos);
  const products = cosmosProductStore(containers.products);
  const parts = { products, deadLetters: cosmosDeadLetterStore(containers.deadLetters), settings };
  const receive = webhookReceiver({ ...settings, webhookSecrets });
  const memory = writeMemory();
  const answerOffers = offers && offersAnswerer({ ...settings, ...offers });
  return {
    receiveWebhook: (request, log, span) =>
      receive(request, { ...parts, policy: RETRY_POLICIES.http, log, span }),
    receiveBatch: (deliveries, log, span) => {
      const policy = RETRY_POLICIES[deliveries[0]?.transport ?? 'http'];
      return receiveBatch({ ...parts, memory, policy, log, span }, deliveries);
    },
    answerOffers: async (request, log, span) =>
      answerOffers?.(request, { products, log, span }) ?? answerToOffersRefusal('not-configured'),
    warmUp: () => warmUp(products),
    failingHealthChecks: healthChecker(() => failingStoreChecks(containers)),
  };
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

import * as z from 'zod';
import { accountIn, type CosmosAccount, isHttpUrl, isResourceName } from './cosmos-account.ts';
import { readTelemetrySettings } from './telemetry/telemetry-settings.ts';

/** How to reach Cosmos DB: an endpoint with a key, of which a connection string has both, or with managed identity. */
export type CosmosSettings = {
  access: ({ kind: 'key' } & CosmosAccount) | { kind: 'identity'; endpoint: string };
  database: string;
  productsContainer: string;
  deadLettersContainer: string;
};

/** Everything the app reads from its environment, checked. */
export type Settings = {
  cosmos: CosmosSettings;
  /** Secrets of OrderCloud's delivery configurations; more than one while a secret is being rotated. */
  webhookSecrets: string[];
  marketplaceId: string | null;
  tombstoneRetentionDays: number;
  deadLetterRetentionDays: number;
  maxBodyBytes: number;
  maxWebhooksInFlight: number;
  writeConcurrency: number;
};

/** The Event Hub to receive from. */
export type EventHubSettings = { hub: string; consumerGroup: string };

/** The Kafka topic to receive from; the host reads brokers, topic, user and password from the settings themselves. */
export type KafkaSettings = {
  consumerGroup: string;
  /** Whether to sign in: SASL PLAIN over TLS. */
  hasUser: boolean;
};

/** One setting that is missing or malformed. Never holds the setting's value. */
export type SettingsProblem = { name: string; problem: string };

export type SettingsResult = { ok: true; settings: Settings } | { ok: false; problems: SettingsProblem[] };

/** Environment variables, as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Cosmos DB's own limit of a `ttl` is 2,147,483,647 seconds. */
const MAX_RETENTION_DAYS = 24_855;

const resourceName = (fallback: string) =>
  z
    .string()
    .refine(isResourceName)
    .describe('must be a name of up to 255 characters, without / \\ ? # and white space at its end')
    .default(fallback);

const wholeNumber = (min: number, max: number, fallback: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number)
    .pipe(z.number().min(min).max(max))
    .describe(`must be a whole number from ${min} to ${max}`)
    .default(fallback);

const httpUrl = z
  .string()
  .trim()
  .refine(isHttpUrl)
  .describe('must be a URL such as https://ACCOUNT.documents.azure.com:443/');

const VARIABLES = z.object({
  COSMOS_CONNECTION_STRING: z
    .string()
    .transform((value, context) => {
      const account = accountIn(value);
      if (account !== null) return account;
      context.addIssue('no connection string');
      return z.NEVER;
    })
    .describe('must hold AccountEndpoint=https://…; and AccountKey=…;')
    .optional(),
  COSMOS_ENDPOINT: httpUrl.optional(),
  COSMOS_KEY: z.string().optional(),
  COSMOS_DATABASE: resourceName('catalog'),
  COSMOS_PRODUCTS_CONTAINER: resourceName('products'),
  COSMOS_DEAD_LETTERS_CONTAINER: resourceName('dead-letters'),
  ORDERCLOUD_WEBHOOK_SECRETS: z.string().default(''),
  ORDERCLOUD_MARKETPLACE_ID: z.string().optional(),
  TOMBSTONE_RETENTION_DAYS: wholeNumber(0, MAX_RETENTION_DAYS, 14),
  DEAD_LETTER_RETENTION_DAYS: wholeNumber(1, MAX_RETENTION_DAYS, 30),
  MAX_BODY_BYTES: wholeNumber(1, 100 * 1024 * 1024, 2 * 1024 * 1024),
  MAX_WEBHOOKS_IN_FLIGHT: wholeNumber(1, 100_000, 100),
  WRITE_CONCURRENCY: wholeNumber(1, 256, 16),
});

/**
 * Reads every setting, and reports all that is missing or malformed together, by name and never with a value.
 * An empty variable counts as absent, because the portal and shells make it easy to leave one behind.
 */
export function readSettings(env: Environment = process.env): SettingsResult {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = VARIABLES.safeParse(given);
  const problems = parsed.success ? [] : malformed(parsed.error);
  if (!given.COSMOS_CONNECTION_STRING && !given.COSMOS_ENDPOINT) {
    problems.push({
      name: 'COSMOS_CONNECTION_STRING',
      problem: 'is missing, and so is COSMOS_ENDPOINT: set one',
    });
  }
  if (!parsed.success || problems.length > 0) return { ok: false, problems };

  const variables = parsed.data;
  return {
    ok: true,
    settings: {
      cosmos: {
        access: cosmosAccess(variables),
        database: variables.COSMOS_DATABASE,
        productsContainer: variables.COSMOS_PRODUCTS_CONTAINER,
        deadLettersContainer: variables.COSMOS_DEAD_LETTERS_CONTAINER,
      },
      webhookSecrets: variables.ORDERCLOUD_WEBHOOK_SECRETS.split(',').filter((secret) => secret !== ''),
      marketplaceId: variables.ORDERCLOUD_MARKETPLACE_ID ?? null,
      tombstoneRetentionDays: variables.TOMBSTONE_RETENTION_DAYS,
      deadLetterRetentionDays: variables.DEAD_LETTER_RETENTION_DAYS,
      maxBodyBytes: variables.MAX_BODY_BYTES,
      maxWebhooksInFlight: variables.MAX_WEBHOOKS_IN_FLIGHT,
      writeConcurrency: variables.WRITE_CONCURRENCY,
    },
  };
}

/**
 * The Event Hub to register a trigger for; null when none is set. Separate from `readSettings`, because triggers are
 * registered even when other settings are wrong: then they hold their messages until these are mended.
 */
export function eventHubSettings(env: Environment = process.env): EventHubSettings | null {
  if (!env.EventHubConnection && !env.EventHubConnection__fullyQualifiedNamespace) return null;
  return { hub: env.EVENT_HUB_NAME || 'products', consumerGroup: env.EVENT_HUB_CONSUMER_GROUP || '$Default' };
}

/** Where telemetry goes. Separate as well: what is wrong with it must not stop messages. */
export function telemetrySettings(env: Environment = process.env): ReturnType<typeof readTelemetrySettings> {
  return readTelemetrySettings(env);
}

/**
 * The topic to register a trigger for; null when none is set, and as long as any setting is wrong: the offsets of a
 * Kafka batch may be committed though it failed, so that without settings it is better not to read at all.
 */
export function kafkaSettings(env: Environment = process.env): KafkaSettings | null {
  if (!namesKafka(env) || kafkaProblems(env).length > 0 || !readSettings(env).ok) return null;
  return {
    consumerGroup: env.KAFKA_CONSUMER_GROUP || 'ordercloud-product-sync',
    hasUser: Boolean(env.KAFKA_USERNAME),
  };
}

/** What is missing or malformed among the settings for Kafka; the other functions work all the same. */
export function kafkaProblems(env: Environment = process.env): SettingsProblem[] {
  if (!namesKafka(env)) return [];
  const problems: SettingsProblem[] = [];
  const check = (name: string, isRight: (value: string) => boolean, problem: string) => {
    if (!isRight(env[name] ?? '')) problems.push({ name, problem: env[name] ? problem : 'is missing' });
  };
  check('KAFKA_BROKERS', areBrokers, 'must be HOST:PORT, several of them separated by commas');
  check('KAFKA_TOPIC', isTopic, 'must be the name of a topic: letters, digits, `.`, `_` and `-`, up to 249');
  if (env.KAFKA_PASSWORD) check('KAFKA_USERNAME', Boolean, '');
  if (env.KAFKA_USERNAME) check('KAFKA_PASSWORD', Boolean, '');
  return problems;
}

/** The group alone names no Kafka, because it has a default. */
function namesKafka(env: Environment): boolean {
  return ['KAFKA_BROKERS', 'KAFKA_TOPIC', 'KAFKA_USERNAME', 'KAFKA_PASSWORD'].some((name) => env[name]);
}

/** Whether this is HOST:PORT, or several of them separated by commas. */
export function areBrokers(value: string): boolean {
  return value.split(',').every((broker) => {
    const port = /^(?:[\w.-]+|\[[\da-f:.]+\]):(\d{1,5})$/i.exec(broker)?.[1];
    return Number(port) >= 1 && Number(port) <= 65_535;
  });
}

function isTopic(value: string): boolean {
  return /^[\w.-]{1,249}$/.test(value) && !/^\.\.?$/.test(value);
}

/** The same for the settings of Kafka alone. */
export function kafkaReport(problems: readonly SettingsProblem[]): string {
  return `Settings for Kafka are incomplete; nothing is read from it until they are mended: ${listed(problems)}.`;
}

/** Plans that have no warm-up trigger, or none that their documentation speaks of. */
const PLANS_WITHOUT_WARM_UP = new Set(['Dynamic', 'FlexConsumption']);

/** Whether the app runs on a plan of Azure's that has warm-up triggers. Azure itself sets the name of the plan. */
export function hasWarmUpTrigger(env: Environment = process.env): boolean {
  return Boolean(env.WEBSITE_SKU) && !PLANS_WITHOUT_WARM_UP.has(env.WEBSITE_SKU ?? '');
}

/** One line a person can act on: every setting that is wrong, by name. */
export function settingsReport(problems: readonly SettingsProblem[]): string {
  return `Settings are incomplete; nothing is processed until they are mended: ${listed(problems)}.`;
}

function listed(problems: readonly SettingsProblem[]): string {
  return problems.map(({ name, problem }) => `${name} ${problem}`).join('; ');
}

function malformed(error: z.ZodError): SettingsProblem[] {
  const names = new Set(error.issues.map((issue) => String(issue.path[0])));
  return [...names].map((variable) => ({
    name: variable,
    problem: descriptionOf(VARIABLES.shape[variable as keyof typeof VARIABLES.shape]),
  }));
}

function descriptionOf(schema: z.ZodType): string {
  if (schema.description !== undefined) return schema.description;
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) {
    return descriptionOf(schema.unwrap() as z.ZodType);
  }
  return 'is malformed';
}

function cosmosAccess(variables: z.infer<typeof VARIABLES>): CosmosSettings['access'] {
  const { COSMOS_CONNECTION_STRING: account, COSMOS_ENDPOINT: endpoint, COSMOS_KEY: key } = variables;
  if (account !== undefined) return { kind: 'key', ...account };
  if (endpoint === undefined)
    throw new Error('unreachable: readSettings has checked that one of the two is set');
  return key === undefined ? { kind: 'identity', endpoint } : { kind: 'key', endpoint, key };
}

/**
 * Keeps Application Insights' exporter from sending figures about itself to Microsoft, with timers and look-ups of its
 * own. It listens to this variable alone.
 */
export function withoutUsageReports(): void {
  process.env.APPLICATION_INSIGHTS_NO_STATSBEAT = 'true';
}

import * as z from 'zod';
import { connectionParts, isSafeUrl } from './addresses.ts';
import { type Environment, readSettings, wholeNumber } from './read-settings.ts';

export type CosmosSettings = {
  /** Without a key it is by managed identity. */
  access: { endpoint: string; key: string | undefined };
  database: string;
  productsContainer: string;
  deadLettersContainer: string;
};

/** What the app needs for any message. */
export type AppSettings = NonNullable<ReturnType<typeof readAppSettings>['settings']>;

/** Cosmos DB's own limit of a `ttl` is 2,147,483,647 seconds. */
const MAX_RETENTION_DAYS = 24_855;

/** Of a database or container: Cosmos DB refuses others. */
const resourceName = (fallback: string) =>
  z
    .string()
    .refine(
      (name) => /^[^/\\?#]{1,255}$/.test(name) && !/\s$/.test(name),
      'must be a name of up to 255 characters, without / \\ ? # and white space at its end',
    )
    .default(fallback);

const TABLE = {
  COSMOS_CONNECTION_STRING: z
    .string()
    .transform((value) => {
      const parts = connectionParts(value);
      return { endpoint: parts.get('accountendpoint') ?? '', key: parts.get('accountkey') ?? '' };
    })
    .refine(
      ({ endpoint, key }) => isSafeUrl(endpoint) && key !== '',
      'must hold AccountEndpoint=https://…; and AccountKey=…;, with http only on this machine',
    )
    .optional(),
  COSMOS_ENDPOINT: z
    .string()
    .trim()
    .refine(
      isSafeUrl,
      'must be a URL such as https://ACCOUNT.documents.azure.com:443/, with http only on this machine',
    )
    .optional(),
  COSMOS_KEY: z.string().optional(),
  COSMOS_DATABASE: resourceName('catalog'),
  COSMOS_PRODUCTS_CONTAINER: resourceName('products'),
  COSMOS_DEAD_LETTERS_CONTAINER: resourceName('dead-letters'),
  ORDERCLOUD_MARKETPLACE_ID: z.string().nullable().default(null),
  TOMBSTONE_RETENTION_DAYS: wholeNumber(0, MAX_RETENTION_DAYS, 14),
  DEAD_LETTER_RETENTION_DAYS: wholeNumber(1, MAX_RETENTION_DAYS, 30),
  MAX_BODY_BYTES: wholeNumber(1, 100 * 1024 * 1024, 2 * 1024 * 1024),
  MAX_BODY_SECONDS: wholeNumber(1, 240, 30),
  MAX_WEBHOOKS_IN_FLIGHT: wholeNumber(1, 100_000, 100),
  WRITE_CONCURRENCY: wholeNumber(1, 256, 16),
};

/** Reads what the app needs for any message, and reports everything that is wrong with it. */
export function readAppSettings(env: Environment) {
  const { settings, problems } = readSettings('app', TABLE, env);
  if (!env.COSMOS_CONNECTION_STRING && !env.COSMOS_ENDPOINT) {
    const problem = 'is missing, and so is COSMOS_ENDPOINT: set one';
    problems.push({ part: 'app', name: 'COSMOS_CONNECTION_STRING', problem });
  }
  if (settings === null || problems.length > 0) return { settings: null, problems };
  const { COSMOS_CONNECTION_STRING: account, COSMOS_ENDPOINT: endpoint = '', COSMOS_KEY: key } = settings;
  const cosmos: CosmosSettings = {
    access: account ?? { endpoint, key },
    database: settings.COSMOS_DATABASE,
    productsContainer: settings.COSMOS_PRODUCTS_CONTAINER,
    deadLettersContainer: settings.COSMOS_DEAD_LETTERS_CONTAINER,
  };
  return {
    problems,
    settings: {
      cosmos,
      marketplaceId: settings.ORDERCLOUD_MARKETPLACE_ID,
      tombstoneRetentionDays: settings.TOMBSTONE_RETENTION_DAYS,
      deadLetterRetentionDays: settings.DEAD_LETTER_RETENTION_DAYS,
      maxBodyBytes: settings.MAX_BODY_BYTES,
      maxBodySeconds: settings.MAX_BODY_SECONDS,
      maxWebhooksInFlight: settings.MAX_WEBHOOKS_IN_FLIGHT,
      writeConcurrency: settings.WRITE_CONCURRENCY,
    },
  };
}

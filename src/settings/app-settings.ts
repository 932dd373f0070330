import * as z from 'zod';
import { accountIn, type CosmosAccount, isAccountUrl, isResourceName } from './cosmos-account.ts';
import { type Environment, isUnresolved, type SettingsProblem, UNRESOLVED } from './settings-problem.ts';

/** How to reach Cosmos DB: an endpoint with a key (a connection string has both), or with managed identity. */
export type CosmosSettings = {
  access: ({ kind: 'key' } & CosmosAccount) | { kind: 'identity'; endpoint: string };
  database: string;
  productsContainer: string;
  deadLettersContainer: string;
};

/** What the app needs for any message. */
export type AppSettings = {
  cosmos: CosmosSettings;
  marketplaceId: string | null;
  tombstoneRetentionDays: number;
  deadLetterRetentionDays: number;
  maxBodyBytes: number;
  maxBodySeconds: number;
  maxWebhooksInFlight: number;
  writeConcurrency: number;
};

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

const accountUrl = z
  .string()
  .trim()
  .refine(isAccountUrl)
  .describe('must be a URL such as https://ACCOUNT.documents.azure.com:443/, with http only on this machine');

const VARIABLES = z.object({
  COSMOS_CONNECTION_STRING: z
    .string()
    .transform((value, context) => {
      const account = accountIn(value);
      if (account !== null) return account;
      context.addIssue('no connection string');
      return z.NEVER;
    })
    .describe('must hold AccountEndpoint=https://…; and AccountKey=…;, with http only on this machine')
    .optional(),
  COSMOS_ENDPOINT: accountUrl.optional(),
  COSMOS_KEY: z.string().optional(),
  COSMOS_DATABASE: resourceName('catalog'),
  COSMOS_PRODUCTS_CONTAINER: resourceName('products'),
  COSMOS_DEAD_LETTERS_CONTAINER: resourceName('dead-letters'),
  ORDERCLOUD_MARKETPLACE_ID: z.string().optional(),
  TOMBSTONE_RETENTION_DAYS: wholeNumber(0, MAX_RETENTION_DAYS, 14),
  DEAD_LETTER_RETENTION_DAYS: wholeNumber(1, MAX_RETENTION_DAYS, 30),
  MAX_BODY_BYTES: wholeNumber(1, 100 * 1024 * 1024, 2 * 1024 * 1024),
  MAX_BODY_SECONDS: wholeNumber(1, 240, 30),
  MAX_WEBHOOKS_IN_FLIGHT: wholeNumber(1, 100_000, 100),
  WRITE_CONCURRENCY: wholeNumber(1, 256, 16),
});

type Read = { settings: AppSettings; problems: [] } | { settings: null; problems: SettingsProblem[] };

/** Reads what the app needs for any message, and reports everything that is wrong with it. */
export function readAppSettings(env: Environment): Read {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = VARIABLES.safeParse(given);
  const names = new Set(parsed.error?.issues.map(({ path }) => String(path[0])));
  const problems = Object.keys(VARIABLES.shape).flatMap((name): SettingsProblem[] => {
    if (isUnresolved(given[name] ?? '')) return [{ part: 'app', name, problem: UNRESOLVED }];
    return names.has(name) ? [{ part: 'app', name, problem: descriptionOf(name) }] : [];
  });
  if (!given.COSMOS_CONNECTION_STRING && !given.COSMOS_ENDPOINT) {
    const problem = 'is missing, and so is COSMOS_ENDPOINT: set one';
    problems.push({ part: 'app', name: 'COSMOS_CONNECTION_STRING', problem });
  }
  if (!parsed.success || problems.length > 0) return { settings: null, problems };
  return { settings: toSettings(parsed.data), problems: [] };
}

type Variables = z.infer<typeof VARIABLES>;

function toSettings(variables: Variables): AppSettings {
  return {
    cosmos: {
      access: cosmosAccess(variables),
      database: variables.COSMOS_DATABASE,
      productsContainer: variables.COSMOS_PRODUCTS_CONTAINER,
      deadLettersContainer: variables.COSMOS_DEAD_LETTERS_CONTAINER,
    },
    marketplaceId: variables.ORDERCLOUD_MARKETPLACE_ID ?? null,
    tombstoneRetentionDays: variables.TOMBSTONE_RETENTION_DAYS,
    deadLetterRetentionDays: variables.DEAD_LETTER_RETENTION_DAYS,
    maxBodyBytes: variables.MAX_BODY_BYTES,
    maxBodySeconds: variables.MAX_BODY_SECONDS,
    maxWebhooksInFlight: variables.MAX_WEBHOOKS_IN_FLIGHT,
    writeConcurrency: variables.WRITE_CONCURRENCY,
  };
}

function descriptionOf(name: string): string {
  let schema: z.ZodType | undefined = VARIABLES.shape[name as keyof Variables];
  while (
    schema?.description === undefined &&
    (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault)
  ) {
    schema = schema.unwrap() as z.ZodType;
  }
  return schema?.description ?? 'is malformed';
}

function cosmosAccess(variables: Variables): CosmosSettings['access'] {
  const { COSMOS_CONNECTION_STRING: account, COSMOS_ENDPOINT: endpoint = '', COSMOS_KEY: key } = variables;
  if (account !== undefined) return { kind: 'key', ...account };
  return key === undefined ? { kind: 'identity', endpoint } : { kind: 'key', endpoint, key };
}

import { lookup } from 'node:dns/promises';
import type { Container } from '@azure/cosmos';
import { localCosmosConnectionString } from '../../local/defaults.ts';
import { deadLetterArchive } from '../../src/operate/dead-letter-archive.ts';
import { productCatalog } from '../../src/operate/product-catalog.ts';
import { printable } from '../../src/printable.ts';
import { type AppSettings, type CosmosSettings, readAppSettings } from '../../src/settings/app-settings.ts';
import { settingsReport } from '../../src/settings/read-settings.ts';
import { cosmosProductStore } from '../../src/store/cosmos-product-store.ts';
import { StoreRefusedError, StoreUnavailableError } from '../../src/store/store-errors.ts';
import type { RetryPolicy } from '../../src/sync/retry.ts';
import { CommandError, usageError } from './command-error.ts';
import { type CommandContext, givenSettings } from './context.ts';

type Place = {
  /** For people, without a key. */
  address: string;
  /** The account of the local stack: no settings name another. */
  isLocal: boolean;
  settings: AppSettings;
};

/** The Cosmos DB account that a command works on. */
export type Account = Place & Omit<Awaited<ReturnType<typeof openContainers>>, 'close'>;

/** A person is waiting: longer than for a webhook, shorter than for a batch that nobody looks at. */
export const RETRY: RetryPolicy = { budgetMs: 15_000, firstDelayMs: 100, maxDelayMs: 2_000 };

/** The options of every command that works on an account. */
export type AccountFlags = { json?: true; cosmosPort?: number };

/**
 * Opens the account that the app's settings name, from the environment and local.settings.json, or else the local
 * stack's, and closes it after use. Failures of the store become one line.
 */
export async function withAccount<Result>(
  context: CommandContext,
  flags: AccountFlags,
  use: (account: Account) => Promise<Result>,
): Promise<Result> {
  const place = await placeOf(context, flags);
  const { address, isLocal, settings } = place;
  if (isLocal) context.stderr.write(`The local stack's Cosmos DB: ${address}\n`);
  await requireHost(address);
  const { close, ...containers } = await openContainers(settings.cosmos, context);
  try {
    return await use({ ...place, ...containers });
  } catch (error) {
    if (!(error instanceof StoreUnavailableError || error instanceof StoreRefusedError)) throw error;
    throw new CommandError(problemText(error, place), { cause: error });
  } finally {
    close();
  }
}

/** Opens both containers of an account. */
export async function openContainers(cosmos: CosmosSettings, { stderr }: Pick<CommandContext, 'stderr'>) {
  // Loaded late: it takes longest, and errors in the usage should come at once.
  const { createCosmosClient, PATIENT } = await import('../../src/store/cosmos-client.ts');
  const client = await createCosmosClient(cosmos, PATIENT);
  const container = (id: string) => async (): Promise<Container> =>
    client.database(cosmos.database).container(id);
  const noteUnreadable = (id: string) =>
    void stderr.write(`Passed over ${printable(id, 80)}: not a dead letter that this version can read.\n`);
  return {
    archive: deadLetterArchive(container(cosmos.deadLettersContainer), noteUnreadable),
    products: cosmosProductStore(container(cosmos.productsContainer)),
    catalog: productCatalog(container(cosmos.productsContainer)),
    close: () => client.dispose(),
  };
}

async function placeOf(context: CommandContext, { cosmosPort }: AccountFlags): Promise<Place> {
  const given = await givenSettings(context);
  const isLocal = given.COSMOS_CONNECTION_STRING === undefined && given.COSMOS_ENDPOINT === undefined;
  if (!isLocal && cosmosPort !== undefined) {
    throw usageError('--cosmos-port is for the local stack, but your settings name another account.');
  }
  const local = { COSMOS_CONNECTION_STRING: localCosmosConnectionString(cosmosPort) };
  const read = readAppSettings({ ...given, ...(isLocal && local) });
  if (read.settings === null) throw new CommandError(settingsReport(read.problems));
  return { address: new URL(read.settings.cosmos.access.endpoint).origin, isLocal, settings: read.settings };
}

/** The SDK would try a host that does not exist for two minutes. */
async function requireHost(address: string): Promise<void> {
  const hostname = new URL(address).hostname.replace(/^\[|\]$/g, '');
  await lookup(hostname).catch((error: NodeJS.ErrnoException) => {
    throw new CommandError(`The host of ${address} cannot be found (${error.code}).`, { cause: error });
  });
}

function problemText(error: Error, { address, isLocal, settings: { cosmos } }: Place): string {
  const cause = error.cause as { code?: unknown; name?: unknown } | undefined;
  if (/Authentication|Credential/.test(String(cause?.name))) {
    return `${address} needs you to sign in, for instance with: az login`;
  }
  switch (cause?.code) {
    case 'ECONNREFUSED':
      return `Nothing listens at ${address}.${isLocal ? ' Start the local stack with: npm start (or name its port: --cosmos-port)' : ''}`;
    case 401:
    case 403:
      return `${address} refuses access: check the key, or that you have the role Cosmos DB Built-in Data Contributor.`;
    case 404:
      return `There is no container "${cosmos.productsContainer}" or "${cosmos.deadLettersContainer}" in the database "${cosmos.database}" at ${address}.`;
    default:
      return `${address}: ${error.message}`;
  }
}

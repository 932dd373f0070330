import { readLocalSettings } from '../../local/app-files.ts';
import { withoutBlanks } from '../../local/environment.ts';
import { StartError } from '../../local/start-error.ts';
import { CommandError } from '../support/command-error.ts';
import { misuse } from '../support/surroundings.ts';
import { orderCloudBaseUrl } from './base-url.ts';

/** How to reach OrderCloud's API, and as whom. */
export type OrderCloudSettings = {
  /** Without a trailing slash and without the version. */
  baseUrl: string;
  clientId: string;
  clientSecret: string;
  /** Roles asked for at login; empty asks for all that the client has. */
  scope: readonly string[];
};

export type OrderCloudSettingsOptions = {
  env: NodeJS.ProcessEnv;
  /** Where local.settings.json may be. */
  folder: string;
  /** Asks without an echo, resolving to null on Ctrl-C; null where there is no terminal. */
  askSecret: ((question: string) => Promise<string | null>) | null;
};

/** The environment over local.settings.json, without blanks; as the app's own settings are read. */
export async function givenSettings({
  env,
  folder,
}: Pick<OrderCloudSettingsOptions, 'env' | 'folder'>): Promise<Record<string, string>> {
  const fromFile = await readLocalSettings(folder).catch((error: unknown) => {
    throw error instanceof StartError ? new CommandError(error.message) : error;
  });
  return { ...withoutBlanks(fromFile), ...withoutBlanks(env) };
}

/**
 * Reads ORDERCLOUD_CLIENT_ID, ORDERCLOUD_CLIENT_SECRET, ORDERCLOUD_SCOPE and ORDERCLOUD_API_URL (or ORDERCLOUD_REGION
 * and ORDERCLOUD_ENVIRONMENT). The secret is asked for where there is a terminal, and is never shown.
 */
export async function readOrderCloudSettings(
  options: OrderCloudSettingsOptions,
): Promise<OrderCloudSettings> {
  const given = await givenSettings(options);
  const clientId = given.ORDERCLOUD_CLIENT_ID;
  if (clientId === undefined) {
    throw misuse('ORDERCLOUD_CLIENT_ID is not set: the ID of an API client with client credentials.');
  }
  if (!given.ORDERCLOUD_API_URL && !given.ORDERCLOUD_REGION && !given.ORDERCLOUD_ENVIRONMENT) {
    throw misuse(
      'ORDERCLOUD_API_URL is not set: the address of your OrderCloud API, or set ORDERCLOUD_REGION and ORDERCLOUD_ENVIRONMENT.',
    );
  }
  const baseUrl = orderCloudBaseUrl({
    url: given.ORDERCLOUD_API_URL,
    region: given.ORDERCLOUD_REGION,
    environment: given.ORDERCLOUD_ENVIRONMENT,
  });
  return {
    baseUrl,
    clientId,
    clientSecret: given.ORDERCLOUD_CLIENT_SECRET ?? (await askedSecret(clientId, options)),
    scope: (given.ORDERCLOUD_SCOPE ?? '').split(/[\s,]+/).filter((role) => role !== ''),
  };
}

async function askedSecret(clientId: string, { askSecret }: OrderCloudSettingsOptions): Promise<string> {
  if (askSecret === null) {
    throw misuse(
      'ORDERCLOUD_CLIENT_SECRET is not set, and there is no terminal to ask at: set it in the environment or local.settings.json.',
    );
  }
  const secret = await askSecret(`Secret of the API client ${clientId} (not shown): `);
  if (secret === null) throw new CommandError('Interrupted. Nothing was changed.', { exitCode: 130 });
  if (secret === '') throw misuse('No secret was given.');
  return secret;
}

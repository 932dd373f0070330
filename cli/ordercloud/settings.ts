import { isSafeUrl } from '../../src/settings/addresses.ts';
import { usageError } from '../common/command-error.ts';
import { askForSecret, type CommandContext, givenSettings } from '../common/context.ts';
import { printableUrl } from '../common/url.ts';
import { type OrderCloudApi, type OrderCloudSettings, openOrderCloud } from './api.ts';

type SettingsContext = Pick<CommandContext, 'env' | 'folder' | 'ask'>;

/**
 * Reads ORDERCLOUD_CLIENT_ID, ORDERCLOUD_CLIENT_SECRET, ORDERCLOUD_SCOPE and ORDERCLOUD_API_URL (or ORDERCLOUD_REGION
 * and ORDERCLOUD_ENVIRONMENT). The secret is asked for where there is a terminal, and is never shown.
 */
export async function readOrderCloudSettings(context: SettingsContext): Promise<OrderCloudSettings> {
  const given = await givenSettings(context);
  const clientId = given.ORDERCLOUD_CLIENT_ID;
  if (clientId === undefined) {
    throw usageError('ORDERCLOUD_CLIENT_ID is not set: the ID of an API client with client credentials.');
  }
  const baseUrl = orderCloudBaseUrl(given);
  const variable = 'ORDERCLOUD_CLIENT_SECRET';
  const what = `secret of the API client ${clientId}`;
  return {
    baseUrl,
    clientId,
    clientSecret: given[variable] ?? (await askForSecret(context, { variable, what })),
    scope: (given.ORDERCLOUD_SCOPE ?? '').split(/[\s,]+/).filter((role) => role !== ''),
  };
}

/** https://doc.sitecore.com/ordercloud/en/developers/platform/regions-and-environments.html */
const REGIONS = ['uswest', 'useast', 'australiaeast', 'westeurope', 'japaneast'];
const HOSTS_OF_US_WEST = new Map([
  ['production', 'api'],
  ['staging', 'stagingapi'],
  ['sandbox', 'sandboxapi'],
]);

/** The API's base URL, from an address of its own or from a region and an environment. Without a trailing slash. */
export function orderCloudBaseUrl(given: Readonly<Record<string, string>>): string {
  const { ORDERCLOUD_API_URL: url, ORDERCLOUD_REGION, ORDERCLOUD_ENVIRONMENT } = given;
  if (url !== undefined) return checkedUrl(url);
  if (ORDERCLOUD_REGION === undefined && ORDERCLOUD_ENVIRONMENT === undefined) {
    throw usageError(
      'ORDERCLOUD_API_URL is not set: the address of your OrderCloud API, or set ORDERCLOUD_REGION and ORDERCLOUD_ENVIRONMENT.',
    );
  }
  const region = ORDERCLOUD_REGION ?? 'uswest';
  const name = region.toLowerCase().replace(/[\s_-]/g, '');
  if (!REGIONS.includes(name)) throw usageError(`ORDERCLOUD_REGION must be one of ${REGIONS.join(', ')}.`);
  const environment = ORDERCLOUD_ENVIRONMENT?.toLowerCase() ?? 'production';
  const host = HOSTS_OF_US_WEST.get(environment);
  if (host === undefined) {
    throw usageError('ORDERCLOUD_ENVIRONMENT must be production, staging or sandbox.');
  }
  return `https://${name === 'uswest' ? host : `${name}-${environment}`}.ordercloud.io`;
}

function checkedUrl(text: string): string {
  if (!isSafeUrl(text)) {
    throw usageError(
      'ORDERCLOUD_API_URL must be an address such as https://westeurope-sandbox.ordercloud.io.',
    );
  }
  // The portal shows the address with the version, which the SDK adds itself.
  return printableUrl(new URL(text)).replace(/\/+(v1\/*)?$/, '');
}

/** OrderCloud's API as the settings name it, until Ctrl-C. It announces waits on standard error. */
export async function orderCloudOf(
  context: CommandContext,
  signal: AbortSignal = context.interrupt(),
): Promise<OrderCloudApi> {
  const settings = await readOrderCloudSettings(context);
  return openOrderCloud(settings, { signal, note: (line) => void context.stderr.write(`${line}\n`) });
}

/** For the help of every command that talks to OrderCloud. */
export const ORDERCLOUD_ENVIRONMENT_HELP = `
Environment, or Values in local.settings.json:
  ORDERCLOUD_API_URL        address of the API, such as
                            https://westeurope-production.ordercloud.io; or:
  ORDERCLOUD_REGION         uswest, useast, australiaeast, westeurope, japaneast
  ORDERCLOUD_ENVIRONMENT    production (default), staging, sandbox
  ORDERCLOUD_CLIENT_ID      an API client with the grant type client credentials
  ORDERCLOUD_CLIENT_SECRET  its secret; asked for at a terminal if it is not set
  ORDERCLOUD_SCOPE          roles to log in with; default: all that it has`;

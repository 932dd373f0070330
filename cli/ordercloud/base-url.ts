import { httpUrl, isSafeForKeys } from '../common/url.ts';
import { misuse } from '../support/surroundings.ts';

type Hosts = Readonly<Record<OrderCloudEnvironment, string>>;

/** OrderCloud's environments. */
export type OrderCloudEnvironment = 'production' | 'staging' | 'sandbox';

const regional = (region: string): Hosts => ({
  production: `${region}-production.ordercloud.io`,
  staging: `${region}-staging.ordercloud.io`,
  sandbox: `${region}-sandbox.ordercloud.io`,
});

/** https://doc.sitecore.com/ordercloud/en/developers/platform/regions-and-environments.html */
const HOSTS: Readonly<Record<string, Hosts>> = {
  uswest: {
    production: 'api.ordercloud.io',
    staging: 'stagingapi.ordercloud.io',
    sandbox: 'sandboxapi.ordercloud.io',
  },
  useast: regional('useast'),
  australiaeast: regional('australiaeast'),
  westeurope: regional('westeurope'),
  japaneast: regional('japaneast'),
};

/** The names of OrderCloud's regions, as ORDERCLOUD_REGION takes them. */
export const ORDERCLOUD_REGIONS = Object.keys(HOSTS);

/** The API's base URL, from an address of its own or from a region and an environment. Without a trailing slash. */
export function orderCloudBaseUrl(given: {
  url?: string | undefined;
  region?: string | undefined;
  environment?: string | undefined;
}): string {
  if (given.url !== undefined) return checkedUrl(given.url);
  const { region = 'uswest', environment = 'production' } = given;
  const hosts = HOSTS[region.toLowerCase().replace(/[\s_-]/g, '')];
  if (hosts === undefined) {
    throw misuse(`ORDERCLOUD_REGION must be one of ${ORDERCLOUD_REGIONS.join(', ')}.`);
  }
  const host = Object.hasOwn(hosts, environment.toLowerCase())
    ? hosts[environment.toLowerCase() as OrderCloudEnvironment]
    : undefined;
  if (host === undefined) throw misuse('ORDERCLOUD_ENVIRONMENT must be production, staging or sandbox.');
  return `https://${host}`;
}

function checkedUrl(text: string): string {
  const url = httpUrl(text);
  if (url === null || !isSafeForKeys(url)) {
    throw misuse('ORDERCLOUD_API_URL must be an address such as https://westeurope-sandbox.ordercloud.io.');
  }
  // The portal shows the address with the version, which the SDK adds itself.
  return `${url.origin}${url.pathname}`.replace(/\/+(v1\/*)?$/, '');
}

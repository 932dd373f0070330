import { isSafeUrl } from './addresses.ts';
import { type Environment, readSettings, text, wholeNumber } from './read-settings.ts';

/** What `POST /api/offers` needs besides the app's settings. */
export type OfferSettings = NonNullable<ReturnType<typeof readOfferSettings>['settings']>;

const TABLE = {
  /** OrderCloud's API, without a slash at its end: it issues the tokens, and has the keys that they are signed with. */
  ORDERCLOUD_API_URL: text(
    'must be a URL such as https://api.ordercloud.io, with http only on this machine',
    isApiUrl,
  ).transform((url) => url.trim().replace(/\/+$/, '')),
  MAX_OFFERS_IN_FLIGHT: wholeNumber(1, 100_000, 100),
};

/** Reads them; null where offers are not asked for, or something is wrong. */
export function readOfferSettings(env: Environment) {
  if (!env.ORDERCLOUD_API_URL) return { settings: null, problems: [] };
  const { settings, problems } = readSettings('offers', TABLE, env);
  if (settings === null) return { settings, problems };
  const { ORDERCLOUD_API_URL: apiUrl, MAX_OFFERS_IN_FLIGHT: maxOffersInFlight } = settings;
  return { settings: { apiUrl, maxOffersInFlight }, problems };
}

/** Keys that came over plain HTTP would let anybody on the way sign tokens. */
function isApiUrl(value: string): boolean {
  if (!isSafeUrl(value)) return false;
  const { search, hash, username } = new URL(value);
  return search === '' && hash === '' && username === '';
}

import { isLoopback } from './loopback.ts';
import { type Environment, isUnresolved, type SettingsProblem, UNRESOLVED } from './settings-problem.ts';

/** What `POST /api/offers` needs besides the app's settings. */
export type OfferSettings = {
  /** OrderCloud's API, without a slash at its end: it issues the tokens, and has the keys that they are signed with. */
  apiUrl: string;
  maxOffersInFlight: number;
};

const MAX_IN_FLIGHT = 100_000;

/** Null where offers are not asked for, or their settings are wrong. */
export function readOfferSettings(env: Environment): {
  settings: OfferSettings | null;
  problems: SettingsProblem[];
} {
  const { ORDERCLOUD_API_URL: url, MAX_OFFERS_IN_FLIGHT: inFlight } = env;
  if (!url) return { settings: null, problems: [] };
  const problems: SettingsProblem[] = [];
  const refuse = (name: string, problem: string) => problems.push({ part: 'offers', name, problem });
  if (isUnresolved(url)) refuse('ORDERCLOUD_API_URL', UNRESOLVED);
  else if (!isApiUrl(url)) {
    refuse(
      'ORDERCLOUD_API_URL',
      'must be a URL such as https://api.ordercloud.io, with http only on this machine',
    );
  }
  const maxOffersInFlight = Number(inFlight || 100);
  if ((inFlight && !/^\d+$/.test(inFlight)) || maxOffersInFlight < 1 || maxOffersInFlight > MAX_IN_FLIGHT) {
    refuse('MAX_OFFERS_IN_FLIGHT', `must be a whole number from 1 to ${MAX_IN_FLIGHT}`);
  }
  if (problems.length > 0) return { settings: null, problems };
  return { settings: { apiUrl: url.trim().replace(/\/+$/, ''), maxOffersInFlight }, problems };
}

/** Keys that came over plain HTTP would let anybody on the way sign tokens. */
function isApiUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, search, hash, username } = new URL(text);
  if (search !== '' || hash !== '' || username !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
}

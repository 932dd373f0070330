import { type CryptoKey, importJWK } from 'jose';
import * as z from 'zod';
import { type IncomingRequest, readBody } from '../receive/read-body.ts';
import { record } from '../telemetry/metrics.ts';

/** The key with an ID; null where OrderCloud has none. */
export type FindKey = (keyId: string) => Promise<CryptoKey | null>;

/** OrderCloud cannot be asked for a key right now. */
export class KeysUnavailableError extends Error {
  override readonly name = 'KeysUnavailableError';
}

const KEEP_MS = 24 * 60 * 60_000;
/** Also of a key that is not there: whoever makes up a key ID must not make this app ask again and again. */
const UNKNOWN_KEEP_MS = 60_000;
/** Over all key IDs. OrderCloud has a few keys; whoever makes up a new ID each time must not make this app ask each time. */
const MAX_REQUESTS_A_MINUTE = 10;
const MAX_KEPT = 100;
const MAX_KEY_BYTES = 16_384;
const TIMEOUT_MS = 5_000;

/** What a public RSA key is as JWK. Whatever else the answer holds, such as a private part, is left out. */
const Jwk = z.object({ kty: z.literal('RSA'), n: z.string(), e: z.string() });

type Kept = { key: Promise<CryptoKey | null>; until: number };

/**
 * Asks `GET {apiUrl}/oauth/certs/{keyId}` for a key, and keeps it for a day. An unknown ID is asked for at most once a
 * minute, and no more than 10 IDs a minute at all.
 * @throws KeysUnavailableError
 */
export function signingKeys(apiUrl: string, now: () => number = Date.now): FindKey {
  const kept = new Map<string, Kept>();
  let requests: number[] = [];
  const ask = async (keyId: string, entry: Kept): Promise<CryptoKey | null> => {
    try {
      const key = await fetchKey(`${apiUrl}/oauth/certs/${encodeURIComponent(keyId)}`);
      record('productsync.offers.key_requests', 1, { outcome: key === null ? 'unknown' : 'found' });
      if (key !== null) entry.until = now() + KEEP_MS;
      return key;
    } catch (error) {
      record('productsync.offers.key_requests', 1, { outcome: 'failed' });
      kept.delete(keyId);
      throw new KeysUnavailableError('OrderCloud did not give the key.', { cause: error });
    }
  };
  return (keyId) => {
    const at = now();
    const known = kept.get(keyId);
    if (known !== undefined && at < known.until) return known.key;
    requests = requests.filter((time) => time > at - 60_000);
    if (requests.length >= MAX_REQUESTS_A_MINUTE) {
      return Promise.reject(new KeysUnavailableError('Too many keys were asked for within a minute.'));
    }
    requests.push(at);
    const entry: Kept = { key: Promise.resolve(null), until: at + UNKNOWN_KEEP_MS };
    kept.delete(keyId);
    kept.set(keyId, entry);
    entry.key = ask(keyId, entry);
    const [oldest] = kept.keys();
    if (kept.size > MAX_KEPT && oldest !== undefined) kept.delete(oldest);
    return entry.key;
  };
}

async function fetchKey(url: string): Promise<CryptoKey | null> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const response = await fetch(url, { signal, redirect: 'error', headers: { accept: 'application/json' } });
  if (response.status === 404) return null;
  if (!response.ok) throw new Error(`status ${response.status}`);
  const limits = { maxBodyBytes: MAX_KEY_BYTES, maxBodySeconds: TIMEOUT_MS / 1_000 };
  const body = await readBody(response as IncomingRequest, limits);
  if (typeof body === 'string') throw new Error(body);
  const jwk = Jwk.parse(JSON.parse(Buffer.from(body).toString()));
  return (await importJWK(jwk, 'RS256')) as CryptoKey;
}

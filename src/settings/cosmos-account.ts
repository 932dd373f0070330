import { isLoopback } from './loopback.ts';

/** Where a Cosmos DB account is, and the key to it. */
export type CosmosAccount = { endpoint: string; key: string };

/**
 * Reads a connection string as people paste it: with spaces around its parts, and names in any case. Cosmos DB's library
 * accepts it only as the portal writes it, and says so only at the first message. Null if it is malformed.
 */
export function accountIn(connectionString: string): CosmosAccount | null {
  const parts = new Map(
    connectionString.split(';').map((part) => {
      const [name = '', ...value] = part.split('=');
      return [name.trim().toLowerCase(), value.join('=').trim()];
    }),
  );
  const endpoint = parts.get('accountendpoint') ?? '';
  const key = parts.get('accountkey') ?? '';
  return isAccountUrl(endpoint) && key !== '' ? { endpoint, key } : null;
}

/** Whether keys may be sent to this URL: nobody on the way can read them. */
export function isAccountUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
}

/** What Cosmos DB refuses in the name of a database or container. */
export function isResourceName(name: string): boolean {
  return /^[^/\\?#]{1,255}$/.test(name) && !/\s$/.test(name);
}

import { createHmac } from 'node:crypto';
import querystring from 'node:querystring';
import { Refusal } from './refusal.ts';

/**
 * The key is the same on every machine and protects nothing: it lets a connection string stay valid across
 * restarts, and the broker listens on the loopback interface only. A signature is checked all the same, so
 * that a wrong connection string is found at once and not in Azure.
 */
const KEY_NAME = 'RootManageSharedAccessKey';
const KEY = 'local-only-not-a-secret';

/** The connection string for a broker at an endpoint such as `127.0.0.1:5672`; add `EntityPath` if a tool needs it. */
export function connectionStringFor(endpoint: string): string {
  return `Endpoint=sb://${endpoint};SharedAccessKeyName=${KEY_NAME};SharedAccessKey=${KEY};UseDevelopmentEmulator=true`;
}

/** Refuses a token `SharedAccessSignature sr=…&sig=…&se=…&skn=…` that the local key did not sign or that has expired. */
export function requireValidSignature(token: unknown, now: number = Date.now()): void {
  const [scheme, fields = ''] = String(token).split(' ', 2);
  if (scheme !== 'SharedAccessSignature') throw refused('it is not a shared access signature');
  // What is signed is the text as it stands, still escaped.
  const { sr, sig, se, skn } = querystring.parse(fields, '&', '=', { decodeURIComponent: String });
  const expected = createHmac('sha256', KEY).update(`${sr}\n${se}`).digest('base64');
  if (querystring.unescape(String(skn)) !== KEY_NAME || querystring.unescape(String(sig)) !== expected) {
    throw refused('its key name or key is another');
  }
  if (!(Number(se) * 1000 > now)) throw refused('it has expired');
}

/** `amqp:not-allowed`, because the SDK tries `unauthorized-access` again for minutes (core-amqp, `retryableErrors`). */
function refused(reason: string): Refusal {
  return new Refusal('amqp:not-allowed', `The token is refused: ${reason}. Use the local connection string.`);
}

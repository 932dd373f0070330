import { createHmac, timingSafeEqual } from 'node:crypto';
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
export function requireValidSignature(token: unknown, now: number): void {
  const [scheme, fields] = typeof token === 'string' ? token.split(' ', 2) : [];
  if (scheme !== 'SharedAccessSignature' || !fields)
    throw unauthorized('it is not a shared access signature');
  const { sr = '', sig = '', se = '', skn = '' } = toFields(fields);
  const expected = createHmac('sha256', KEY).update(`${sr}\n${se}`, 'utf8').digest();
  const given = Buffer.from(unescaped(sig), 'base64');
  const isSigned = given.length === expected.length && timingSafeEqual(given, expected);
  if (unescaped(skn) !== KEY_NAME || !isSigned) throw unauthorized('its key name or key is another');
  if (!(Number(se) * 1000 > now)) throw unauthorized('it has expired');
}

function toFields(text: string): Record<string, string> {
  const pairs = text.split('&').map((field) => {
    const at = field.indexOf('=');
    return [field.slice(0, at), field.slice(at + 1)];
  });
  return Object.fromEntries(pairs);
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}

/** `amqp:not-allowed`, because the SDK tries `unauthorized-access` again for minutes (core-amqp, `retryableErrors`). */
function unauthorized(reason: string): Refusal {
  return new Refusal('amqp:not-allowed', `The token is refused: ${reason}. Use the local connection string.`);
}

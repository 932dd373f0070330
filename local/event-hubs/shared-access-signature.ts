import { createHmac } from 'node:crypto';
import querystring from 'node:querystring';
import { LOCAL_EVENT_HUBS_KEY, LOCAL_EVENT_HUBS_KEY_NAME } from '../defaults.ts';
import { Refusal } from './refusal.ts';

/**
 * Refuses a token `SharedAccessSignature sr=…&sig=…&se=…&skn=…` that the local key did not sign or that has expired. The
 * key is no secret, but the check finds a wrong connection string before Azure does.
 */
export function requireValidSignature(token: unknown, now: number = Date.now()): void {
  const [scheme, fields = ''] = String(token).split(' ', 2);
  if (scheme !== 'SharedAccessSignature') throw refused('it is not a shared access signature');
  // The signature is of the escaped text.
  const { sr, sig, se, skn } = querystring.parse(fields, '&', '=', { decodeURIComponent: String });
  const expected = createHmac('sha256', LOCAL_EVENT_HUBS_KEY).update(`${sr}\n${se}`).digest('base64');
  if (
    querystring.unescape(String(skn)) !== LOCAL_EVENT_HUBS_KEY_NAME ||
    querystring.unescape(String(sig)) !== expected
  ) {
    throw refused('its key name or key is another');
  }
  if (!(Number(se) * 1000 > now)) throw refused('it has expired');
}

/** `amqp:not-allowed`, because the SDK tries `unauthorized-access` again for minutes (core-amqp, `retryableErrors`). */
function refused(reason: string): Refusal {
  return new Refusal('amqp:not-allowed', `The token is refused: ${reason}. Use the local connection string.`);
}

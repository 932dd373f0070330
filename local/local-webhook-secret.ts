import { randomBytes } from 'node:crypto';
import { isLoopback } from '../src/settings/loopback.ts';

/** The webhook secret of the local stack. It is public, and protects only a laptop's own loopback. */
export const LOCAL_WEBHOOK_SECRET = 'local-webhook-secret';

/**
 * The secret of a start whose settings have none: the public one if the documents stay on this machine, otherwise a
 * random one, because whoever knows it can write into the account.
 */
export function chooseWebhookSecret(settings: Readonly<Record<string, string>>): string {
  const { COSMOS_CONNECTION_STRING: text = '', COSMOS_ENDPOINT } = settings;
  const named = [/AccountEndpoint=([^;]+)/i.exec(text)?.[1], COSMOS_ENDPOINT].filter(
    (one) => one !== undefined,
  );
  const areHere = named.every((one) => URL.canParse(one) && isLoopback(new URL(one).hostname));
  return areHere ? LOCAL_WEBHOOK_SECRET : randomBytes(24).toString('hex');
}

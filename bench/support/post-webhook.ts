import { LOCAL_WEBHOOK_SECRET } from '../../local/defaults.ts';
import { signatureOf } from '../../src/message/signature.ts';

/** Posts a signed message and waits for all of the answer. A refusal is an error: nothing else would be measured. */
export async function postWebhook(url: string, body: Buffer): Promise<void> {
  const headers = { 'x-oc-hash': signatureOf(body, LOCAL_WEBHOOK_SECRET) };
  const response = await fetch(url, { method: 'POST', headers, body });
  const answer = await response.text();
  if (response.status !== 200) throw new Error(`A webhook was answered ${response.status}: ${answer}`);
}

import { z } from 'zod';
import { printable } from '../../src/printable.ts';
import { isSafeForKeys } from '../common/url.ts';

/** What the app says of itself; of ignored messages, the worker that answers. */
export type Health = { url: string; isHealthy: boolean; detail: string; nearMisses: NearMiss[] };

const TIMEOUT_MS = 10_000;

const KEY_REFUSED =
  '401: set FUNCTIONS_HEALTH_KEY to a key of the function health, or FUNCTIONS_KEY to one of the whole app';

const NearMiss = z.object({ type: z.string(), count: z.number() });
type NearMiss = z.infer<typeof NearMiss>;

const NOTHING = { failing: [], nearMisses: [] };

const Body = z.object({
  failing: z.array(z.string()).catch([]),
  nearMisses: z.array(NearMiss).catch([]),
});

/** The address of the app's health beside that of its webhook; null where there is none. */
export function healthUrlOf(webhook: string | undefined): string | null {
  if (webhook === undefined || !URL.canParse(webhook)) return null;
  const url = new URL(webhook);
  if (!/^https?:$/.test(url.protocol)) return null;
  const base = url.pathname.replace(/\/(webhooks\/products|health)\/?$/, '').replace(/\/$/, '');
  return `${url.origin}${base === '' ? '/api' : base}/health`;
}

/**
 * The key that the app's health takes: its own, or one that the whole app takes. A key of productWebhook alone, which
 * FUNCTIONS_KEY may be, is refused there.
 */
export function healthKeyIn(given: Readonly<Record<string, string>>): string | undefined {
  return given.FUNCTIONS_HEALTH_KEY ?? given.FUNCTIONS_KEY;
}

/** Asks the app how it is. A key goes only where nobody on the way can read it. */
export async function readHealth(
  url: string,
  { key, signal }: { key: string | undefined; signal: AbortSignal },
): Promise<Health> {
  try {
    const answer = await fetch(url, {
      headers: key !== undefined && isSafeForKeys(new URL(url)) ? { 'x-functions-key': key } : {},
      // A redirect would carry the key to another address.
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    if (answer.status === 401) return unhealthy(url, KEY_REFUSED);
    const { failing, nearMisses } = Body.catch(NOTHING).parse(await answer.json().catch(() => null));
    const checks = failing.length === 0 ? '' : `: ${printable(failing.join(', '))}`;
    const detail = answer.ok ? 'healthy' : `${answer.status}${checks}`;
    return { url, isHealthy: answer.ok, detail, nearMisses };
  } catch (error) {
    const { name, cause } = error as Error & { cause?: { code?: unknown } };
    const reason = name === 'TimeoutError' ? 'no answer' : String(cause?.code ?? name);
    return unhealthy(url, `cannot be reached (${reason})`);
  }
}

function unhealthy(url: string, detail: string): Health {
  return { url, isHealthy: false, detail, nearMisses: [] };
}

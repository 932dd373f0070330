import { z } from 'zod';
import { printable } from '../../src/printable.ts';
import { isSafeUrl } from '../../src/settings/addresses.ts';
import { httpUrl } from '../common/url.ts';

/** What the app says of itself; of ignored messages, the worker that answers. */
export type Health = {
  url: string;
  isHealthy: boolean;
  detail: string;
  nearMisses: z.infer<typeof Body>['nearMisses'];
};

const TIMEOUT_MS = 10_000;

const KEY_REFUSED =
  '401: set FUNCTIONS_HEALTH_KEY to a key of the function health, or FUNCTIONS_KEY to one of the whole app';

const Body = z.object({
  failing: z.array(z.string()).catch([]),
  nearMisses: z.array(z.object({ type: z.string(), count: z.number() })).catch([]),
});

/** The address of the app's health beside that of its webhook; null where there is none. */
export function healthUrlOf(webhook: string | undefined): string | null {
  const url = httpUrl(webhook ?? '');
  if (url === null) return null;
  const base = url.pathname.replace(/\/(webhooks\/products|health)\/?$/, '').replace(/\/$/, '');
  return `${url.origin}${base === '' ? '/api' : base}/health`;
}

/** Asks the app how it is. A key goes only where nobody on the way can read it. */
export async function readHealth(url: string, key: string | undefined): Promise<Health> {
  try {
    const answer = await fetch(url, {
      headers: key !== undefined && isSafeUrl(url) ? { 'x-functions-key': key } : {},
      // A redirect would carry the key to another address.
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (answer.status === 401) return unhealthy(url, KEY_REFUSED);
    const { failing = [], nearMisses = [] } =
      Body.safeParse(await answer.json().catch(() => null)).data ?? {};
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

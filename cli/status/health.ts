import { z } from 'zod';
import { printable } from '../support/printable.ts';

/** What the app says of itself. */
export type Health = { url: string; isHealthy: boolean; detail: string };

const TIMEOUT_MS = 10_000;

const Unhealthy = z.object({ failing: z.array(z.string()) });

/** The address of the app's health beside that of its webhook; null where there is none. */
export function healthUrlOf(webhook: string | undefined): string | null {
  if (webhook === undefined || !URL.canParse(webhook)) return null;
  const url = new URL(webhook);
  if (!/^https?:$/.test(url.protocol)) return null;
  const base = url.pathname.replace(/\/(webhooks\/products|health)\/?$/, '').replace(/\/$/, '');
  return `${url.origin}${base === '' ? '/api' : base}/health`;
}

/** Asks the app how it is. */
export async function readHealth(url: string, signal: AbortSignal): Promise<Health> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]) });
    const failing = Unhealthy.safeParse(await answer.json().catch(() => null));
    const checks = failing.success ? `: ${printable(failing.data.failing.join(', '))}` : '';
    return { url, isHealthy: answer.ok, detail: answer.ok ? 'healthy' : `${answer.status}${checks}` };
  } catch (error) {
    const { name, cause } = error as Error & { cause?: { code?: unknown } };
    const reason = name === 'TimeoutError' ? 'no answer' : String(cause?.code ?? name);
    return { url, isHealthy: false, detail: `cannot be reached (${reason})` };
  }
}

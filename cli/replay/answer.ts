import { z } from 'zod';
import type { Problem } from './sender.ts';

const text = z.string().nullish().catch(null);

const successSchema = z.object({ outcome: text, productId: text });

const problemSchema = z.object({
  title: text,
  detail: text,
  reason: text,
  issues: z.array(z.object({ path: z.string(), expected: z.string(), found: z.string() })).catch([]),
  deadLetterId: text,
});

/** What a 2xx answer tells; nulls when it comes from another kind of server. */
export function successFromBody(body: string): { outcome: string | null; productId: string | null } {
  const { data } = successSchema.safeParse(jsonOrNull(body));
  return { outcome: data?.outcome ?? null, productId: data?.productId ?? null };
}

/** The problem that an error answer describes (RFC 9457); null when it is something else, such as a gateway's page. */
export function problemFromBody(body: string): Problem | null {
  const { data } = problemSchema.safeParse(jsonOrNull(body));
  if (!data) return null;
  return {
    title: data.title ?? null,
    detail: data.detail ?? null,
    reason: data.reason ?? null,
    issues: data.issues,
    deadLetterId: data.deadLetterId ?? null,
  };
}

/** Seconds from now that a `Retry-After` header asks for; it holds seconds or a date (RFC 9110, section 10.2.3). */
export function secondsFromRetryAfter(header: string | null, now: number = Date.now()): number | null {
  if (header === null) return null;
  if (/^\s*\d+\s*$/.test(header)) return Number(header);
  const time = Date.parse(header);
  return Number.isNaN(time) ? null : Math.max(0, (time - now) / 1000);
}

function jsonOrNull(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}

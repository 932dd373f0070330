import { InvalidArgumentError } from 'commander';
import { z } from 'zod';

const MS_PER_UNIT: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A date, or a date and time; without an offset in UTC, as all times are shown. */
const DATE = z.union([z.iso.date(), z.iso.datetime({ offset: true, local: true })]);

/**
 * Reads a point in time of an option: a duration before now (`30m`, `2h`, `7d`) or an ISO date. Three units need no
 * library: `ms`, the usual one, takes bare numbers, fractions and negative values too, which would have to be refused.
 */
export function since(text: string, now: number = Date.now()): string {
  const [, count, unit] = /^(\d{1,5})([mhd])$/.exec(text) ?? [];
  if (unit !== undefined) return new Date(now - Number(count) * (MS_PER_UNIT[unit] ?? 0)).toISOString();
  // Beside an offset zod asks for seconds.
  const date = DATE.safeParse(text.replace(/T\d\d:\d\d(?![\d:])/, '$&:00'));
  if (!date.success) {
    throw new InvalidArgumentError(
      'It must be a time back from now, such as 30m, 2h or 7d, or an ISO date such as 2026-11-22 or 2026-11-22T09:30Z.',
    );
  }
  const isLocal = date.data.includes('T') && !/(Z|[+-]\d\d:\d\d)$/.test(date.data);
  return new Date(isLocal ? `${date.data}Z` : date.data).toISOString();
}

/** How long ago, or in how long, in the units of `since`: `45s`, `12m`, `3h`, `7d`. */
export function durationText(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 48 * 3600) return `${Math.floor(seconds / 3600)}h`;
  return `${Math.floor(seconds / 86_400)}d`;
}

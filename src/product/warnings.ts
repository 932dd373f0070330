import type { Warning, WarningCode } from './document.ts';
import { type Place, pathOf } from './order.ts';

/** A document has at most this many warnings. */
const MAX_WARNINGS = 50;

/** Takes a warning: what is odd in a message, but no reason to reject it. Computes the path only if it keeps it. */
export type Warn = (code: WarningCode, path: string | (() => string), message: string) => void;

/** Warns of a null in a list; `parent` is the path of what holds the list. */
export function warnOfNull(warn: Warn, parent?: () => string): (place: Place) => void {
  return (place) =>
    warn(
      'null-in-list',
      () => (parent ? `${parent()}.${pathOf(place)}` : pathOf(place)),
      'Null in a list counts as absent.',
    );
}

/** Collects warnings in the order found, up to `MAX_WARNINGS`. */
export function warningsCollector(): { warnings: Warning[]; warn: Warn } {
  const warnings: Warning[] = [];
  return {
    warnings,
    warn: (code, path, message) => {
      if (warnings.length >= MAX_WARNINGS) return;
      warnings.push({ code, path: typeof path === 'string' ? path : path(), message });
    },
  };
}

import type { Warning, WarningCode } from './document.ts';

/** A document has at most this many warnings. */
const MAX_WARNINGS = 50;

/** Takes a warning: what is odd in a message, but no reason to reject it. The path is its place in the payload. */
export type Warn = (code: WarningCode, path: string, message: string) => void;

/** Collects warnings in the order found, up to `MAX_WARNINGS`. */
export function warningsCollector(): { warnings: Warning[]; warn: Warn } {
  const warnings: Warning[] = [];
  return {
    warnings,
    warn: (code, path, message) => {
      if (warnings.length < MAX_WARNINGS) warnings.push({ code, path, message });
    },
  };
}

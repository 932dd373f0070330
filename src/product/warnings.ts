import type { Warning, WarningCode } from './document.ts';

/** A document names at most this many of its warnings. */
const MAX_WARNINGS = 50;

/** Takes a warning: something in a message that is odd but no reason to reject it. A path is made only if it is kept. */
export type Warn = (code: WarningCode, path: string | (() => string), message: string) => void;

/** Collects warnings in the order they are found, up to `MAX_WARNINGS`. */
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

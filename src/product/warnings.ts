import type { Warning, WarningCode } from './document.ts';

/** A document has at most this many warnings. */
const MAX_WARNINGS = 50;

/** Where in the payload. A function where composing the text costs something: most paths are never reported. */
export type Path = string | (() => string);

/** The text of a path. */
export function pathText(path: Path): string {
  return typeof path === 'string' ? path : path();
}

/** Takes a warning: what is odd in a message, but no reason to reject it. */
export type Warn = (code: WarningCode, path: Path, message: string) => void;

/** Collects warnings in the order found, up to `MAX_WARNINGS`. */
export function warningsCollector(): { warnings: Warning[]; warn: Warn } {
  const warnings: Warning[] = [];
  return {
    warnings,
    warn: (code, path, message) => {
      if (warnings.length < MAX_WARNINGS) warnings.push({ code, path: pathText(path), message });
    },
  };
}

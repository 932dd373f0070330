import type { DiagLogger } from '@opentelemetry/api';
import type { Log } from '../log.ts';

/** A collector that is down for a day deserves a few lines an hour. */
const SILENCE_MS = 5 * 60_000;

/** Logs what OpenTelemetry's libraries report: one line at once, then at most one in five minutes. */
export function exportLogger(log: Log, now: () => number = Date.now): DiagLogger {
  let silentUntil = Number.NEGATIVE_INFINITY;
  let suppressed = 0;
  const warn = (message: string) => {
    if (now() < silentUntil) {
      suppressed += 1;
      return;
    }
    log('warn', 'telemetry could not be exported', { problem: problemIn(message), suppressed });
    silentUntil = now() + SILENCE_MS;
    suppressed = 0;
  };
  const nothing = () => {};
  return { error: warn, warn, info: nothing, debug: nothing, verbose: nothing };
}

/**
 * What the log may say of a library's message: the first error code or status in it. The rest may contain an address, a
 * header or an answer.
 */
function problemIn(message: string): string {
  const known = /\b(E[A-Z]{4,}|[45]\d\d)\b/.exec(message)?.[1];
  return known ?? (/^[A-Za-z][\w .-]{0,60}/.exec(message)?.[0] || 'unknown');
}

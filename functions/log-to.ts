import type { InvocationContext } from '@azure/functions';
import type { Log } from '../src/log.ts';
import { printableJson } from '../src/printable.ts';

/** Logs for an invocation: each line is JSON, so that a log query can read the fields. */
export function logTo(context: InvocationContext): Log {
  return (level, event, fields) => context[level](printableJson({ event, ...fields }));
}

/**
 * Logs what belongs to no invocation, such as wrong settings. The text contains the level, because the host counts a
 * line on stderr as an error only if it contains that word.
 */
export const logToConsole: Log = (level, event, fields) =>
  console[level](printableJson({ level, event, ...fields }));

import type { InvocationContext } from '@azure/functions';
import type { Log } from '../src/log.ts';
import { printableJson } from '../src/printable.ts';

/** Lines of an invocation: one line of JSON each, so that a log query can read the fields. */
export function logTo(context: InvocationContext): Log {
  return (level, event, fields) => context[level](printableJson({ event, ...fields }));
}

/**
 * Lines that belong to no invocation, such as what is wrong with the settings. The level is in the text, because the
 * host takes a line on stderr for an error only if it reads as one.
 */
export const logToConsole: Log = (level, event, fields) =>
  console[level](printableJson({ level, event, ...fields }));

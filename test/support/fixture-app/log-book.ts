import { EventEmitter, once } from 'node:events';
import type { Log, LogEntry } from '../../../local/functions-host/log.ts';
import { checkTold } from '../leaks/check.ts';

/** Keeps what a host logs, and waits for lines still to come. */
export type LogBook = {
  log: Log;
  /** The first (or another) entry with such a message, among those there are or as soon as it comes. */
  entry(pattern: RegExp, nth?: number): Promise<LogEntry>;
};

export function startLogBook(): LogBook {
  const entries: LogEntry[] = [];
  const written = new EventEmitter();
  return {
    log(entry) {
      checkTold('log', entry.message);
      entries.push(entry);
      written.emit('entry');
    },
    async entry(pattern, nth = 1) {
      for (;;) {
        const found = entries.filter(({ message }) => pattern.test(message))[nth - 1];
        if (found) return found;
        await once(written, 'entry');
      }
    },
  };
}

import { EventEmitter, once } from 'node:events';
import type { LogEntry } from '../../../local/functions-host/log.ts';
import { checkTold } from '../leaks/check.ts';
import { type BatchCall, CALL_PREFIX } from './batch-app.ts';

/** What a host logs, and in it the calls of the batch app's function. */
export class HostLog {
  readonly entries: LogEntry[] = [];
  readonly calls: BatchCall[] = [];
  readonly #written = new EventEmitter().setMaxListeners(0);

  readonly log = (entry: LogEntry): void => {
    this.entries.push(entry);
    // What the fixture app was called with is no line of a log.
    if (entry.message.startsWith(CALL_PREFIX))
      this.calls.push(JSON.parse(entry.message.slice(CALL_PREFIX.length)));
    else checkTold('log', entry.message);
    this.#written.emit('entry');
  };

  /** Waits until something is there, looking again after each entry. */
  async until<T>(find: (log: HostLog) => T | undefined | false): Promise<T> {
    for (;;) {
      const found = find(this);
      if (found !== undefined && found !== false) return found;
      await once(this.#written, 'entry');
    }
  }

  /** The first call of this kind, now or later. */
  call(matches: (call: BatchCall) => boolean): Promise<BatchCall> {
    return this.until(({ calls }) => calls.find(matches));
  }

  /** The first (or another) entry with such a message, now or later. */
  readonly entry = (pattern: RegExp, nth = 1): Promise<LogEntry> =>
    this.until(({ entries }) => entries.filter(({ message }) => pattern.test(message))[nth - 1]);

  /** The bodies, as text, that the function has seen to the end. */
  finished(): string[] {
    return this.calls.filter(({ when }) => when === 'end').flatMap((call) => textsOf(call));
  }

  /** Waits until the function has seen all of these to the end. */
  async finishedAll(texts: readonly string[]): Promise<void> {
    await this.until(() => {
      const seen = new Set(this.finished());
      return texts.every((text) => seen.has(text));
    });
  }
}

export function textsOf({ bodies }: BatchCall): string[] {
  return bodies.map((body) => Buffer.from(body, 'base64').toString());
}

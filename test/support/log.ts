import { format } from 'node:util';
import { InvocationContext, type InvocationContextInit } from '@azure/functions';
import { vi } from 'vitest';
import type { Log as HostLog } from '../../local/functions-host/log.ts';
import type { Log, LogFields, LogLevel } from '../../src/log.ts';
import { checkTold } from './leaks/check.ts';

export type LogLine = { level: LogLevel; event: string; fields: LogFields };

/** A log that keeps its lines for a test to look at; without a list, for the leak check alone. */
export function recordingLog(lines?: LogLine[]): Log {
  return (level, event, fields) => {
    checkTold('log', JSON.stringify({ event, ...fields }));
    lines?.push({ level, event, fields });
  };
}

/** The same for a log of the local host, and of the app in it. */
export function recordingHostLog(lines?: string[]): HostLog {
  return ({ level, functionName, message }) => {
    const line = `${level} ${functionName ?? 'host'}: ${message}`;
    checkTold('log', line);
    lines?.push(line);
  };
}

/** Keeps the console from printing what a test causes on purpose; the leak check sees it all the same. */
export function silencedConsole(level: 'warn' | 'error') {
  return vi.spyOn(console, level).mockImplementation((...args) => checkTold('log', format(...args)));
}

/** What the Functions host hands to a handler, with a log that keeps its lines. */
export function invocationContext(init: InvocationContextInit = {}, lines: string[] = []): InvocationContext {
  return new InvocationContext({
    functionName: 'test',
    ...init,
    logHandler: (level, ...args) => {
      const line = `${level} ${args.join(' ')}`;
      checkTold('log', line);
      lines.push(line);
    },
  });
}

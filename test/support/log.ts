import { InvocationContext, type InvocationContextInit } from '@azure/functions';
import type { Log, LogFields, LogLevel } from '../../src/log.ts';
import { lookAt } from './leaks/recorder.ts';

export type LogLine = { level: LogLevel; event: string; fields: LogFields };

/** A log that keeps its lines for a test to look at; without a list, for the leak test alone. */
export function recordingLog(lines?: LogLine[]): Log {
  return (level, event, fields) => {
    lookAt('log', JSON.stringify({ event, ...fields }));
    lines?.push({ level, event, fields });
  };
}

/** What the Functions host hands to a handler, with a log that keeps its lines. */
export function invocationContext(init: InvocationContextInit = {}, lines: string[] = []): InvocationContext {
  return new InvocationContext({
    functionName: 'test',
    ...init,
    logHandler: (level, ...args) => {
      const line = `${level} ${args.join(' ')}`;
      lookAt('log', line);
      lines.push(line);
    },
  });
}

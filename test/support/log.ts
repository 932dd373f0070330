import type { Log, LogFields, LogLevel } from '../../src/log.ts';

export type LogLine = { level: LogLevel; event: string; fields: LogFields };

/** A log that keeps its lines for a test to look at. */
export function recordingLog(lines: LogLine[]): Log {
  return (level, event, fields) => {
    lines.push({ level, event, fields });
  };
}

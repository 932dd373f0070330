/** Levels as `@azure/functions` names them. */
export type LogLevel = 'trace' | 'debug' | 'information' | 'warning' | 'error' | 'critical' | 'none';

/** One line of the host's log: `user` from the app, `system` from the library, `host` from the host itself. */
export type LogEntry = {
  level: LogLevel;
  category: 'user' | 'system' | 'customMetric' | 'host';
  functionName?: string;
  message: string;
};

/** Takes the log of the host and of the app it runs. */
export type Log = (entry: LogEntry) => void;

const ALARMING: ReadonlySet<LogLevel> = new Set(['warning', 'error', 'critical']);

/** Prints what a person at the terminal wants to see; the library's own lines only if something is wrong. */
export function consoleLog({ level, category, functionName, message }: LogEntry): void {
  if (category === 'system' && !ALARMING.has(level)) return;
  const time = new Date().toISOString().slice(11, 23);
  const label = level === 'information' ? '' : ` ${level}`;
  const print = ALARMING.has(level) ? console.error : console.log;
  print(`${time}${label} ${functionName ?? 'host'}: ${message}`);
}

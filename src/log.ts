export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** What a log line may carry: names, numbers and positions; never a payload, a secret or a connection string. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

/** Writes one structured line. `event` says in a few words what happened. */
export type Log = (level: LogLevel, event: string, fields: LogFields) => void;

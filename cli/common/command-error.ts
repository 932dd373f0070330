/** A failure that the person at the terminal can fix: shown as one line, without a stack. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly exitCode: number;

  /** `exitCode` is 2 for a wrong use of the command, 1 for everything else. */
  constructor(message: string, options: ErrorOptions & { exitCode?: number } = {}) {
    super(message, options);
    this.exitCode = options.exitCode ?? 1;
  }
}

/** A wrong use of a command, or a setting that is missing. */
export function usageError(message: string): CommandError {
  return new CommandError(message, { exitCode: 2 });
}

/** What a command that was ended by Ctrl-C says. */
export function interrupted(message: string, cause?: unknown): CommandError {
  return new CommandError(`Interrupted. ${message}`, { exitCode: 130, cause });
}

/** Whether something ended because its signal was aborted: by Ctrl-C. */
export function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

/** A failure of the file system as a `CommandError`; anything else is a defect, and stays as it is. */
export function asReadError(name: string, error: unknown): unknown {
  if (!(error instanceof Error && 'code' in error && 'syscall' in error)) return error;
  // `ENOENT: no such file or directory, stat '/…'`
  const reason = /^\w+: ([^,]+)/.exec(error.message)?.[1] ?? error.code;
  return new CommandError(`Cannot read ${name}: ${reason}.`, { cause: error });
}

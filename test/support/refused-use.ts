import { CommandError } from '../../cli/common/command-error.ts';

/** The error by which a command refuses a wrong use. */
export function refusedUse(action: () => unknown): CommandError {
  try {
    action();
  } catch (error) {
    if (error instanceof CommandError) return error;
    throw error;
  }
  throw new Error('It did not fail.');
}

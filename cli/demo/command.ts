import { Command } from 'commander';
import { StartError } from '../../local/start-error.ts';
import { CommandError } from '../common/command-error.ts';
import { runCommand } from '../common/run-command.ts';
import { runDemo } from './run.ts';

/** `demo`, as the command line describes it. */
export const program = new Command('npm run demo')
  .description('Runs the receiver on this machine, sends the samples and shows what came of them.')
  .action(async () => {
    const differences = await runDemo('samples', (text) => process.stdout.write(text)).catch(
      (error: unknown) => {
        throw error instanceof StartError ? new CommandError(error.message) : error;
      },
    );
    if (differences.length > 0) {
      throw new CommandError(`Not all came out as the samples say:\n  ${differences.join('\n  ')}`);
    }
    process.stdout.write('\nEverything came out as the samples say.\n');
  });

/** Runs `demo` and ends the process. */
export async function run(args: readonly string[]): Promise<never> {
  await runCommand(program, args);
  // The Functions library keeps a server open that nobody can close.
  process.exit();
}

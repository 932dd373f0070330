import { Command } from 'commander';
import { CommandError } from '../common/command-error.ts';
import { runDemo } from './run.ts';

/** `demo`, as the command line describes it. */
export const program = new Command('demo')
  .description('Runs the receiver on this machine, sends the samples and shows what came of them.')
  .action(async () => {
    const differences = await runDemo((text) => process.stdout.write(text));
    if (differences.length > 0) {
      throw new CommandError(`Not all came out as the samples say:\n  ${differences.join('\n  ')}`);
    }
    process.stdout.write('\nEverything came out as the samples say.\n');
  });

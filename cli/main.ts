import { Command } from 'commander';
import { COMMANDS } from './commands.ts';
import { nameAs } from './support/name-as.ts';
import { runCommand } from './support/run-command.ts';

const NAME = 'ordercloud-product-sync';

const NOTES = `
Each command explains itself: ${NAME} connect --help

In a clone of the project: npx ${NAME} …
The npm scripts start, demo, replay and dead-letters run the same commands.

Exit codes of all commands:
  0    done
  1    something failed, was refused, or differs
  2    wrong usage, or a setting is missing
  130  interrupted by Ctrl-C`;

const [name = '', ...args] = process.argv.slice(2);
const asked = name === 'help' ? args[0] : name;
const entry = COMMANDS.find((each) => each.name === asked);
if (entry === undefined) await runCommand(overview(), name === 'help' ? [] : process.argv.slice(2));
else {
  const { program, run } = await entry.load();
  // Whoever typed `npm run replay` is shown `npm run replay`.
  if (process.env.npm_lifecycle_event !== entry.name) nameAs(program, `${NAME} ${entry.name}`);
  await run(name === 'help' ? ['--help'] : args);
}

/** The help, and the answer to a name that is none. */
function overview(): Command {
  const all = new Command(NAME)
    .description('Keeps a container of Cosmos DB in step with the products of Sitecore OrderCloud.')
    .helpCommand(false)
    .exitOverride()
    .addHelpText('after', NOTES)
    .showHelpAfterError(`Run ${NAME} --help for the commands.`);
  for (const { name, group, summary } of COMMANDS) {
    all.command(name).description(summary).helpOption(false).helpGroup(group);
  }
  return all;
}

import { Command } from 'commander';
import { runCommand } from './common/run-command.ts';

const NAME = 'ordercloud-product-sync';

/** What the file of a command exports; without `run` it runs as all do. */
type CommandModule = { program: Command; run?: (args: readonly string[]) => Promise<void> };

type Entry = {
  name: string;
  alias?: string;
  group: string;
  summary: string;
  /** Loaded when used, so that the help comes at once. */
  load: () => Promise<CommandModule>;
};

const LOCAL = 'Try it on this machine:';
const MESSAGES = 'Messages and products:';
const ORDERCLOUD = 'OrderCloud:';

/** Every command, in the order of the help. */
const COMMANDS: readonly Entry[] = [
  {
    name: 'demo',
    group: LOCAL,
    summary: 'send the samples through the app and show what comes of them',
    load: () => import('./demo/command.ts'),
  },
  {
    name: 'start',
    group: LOCAL,
    summary: 'run the app, a Cosmos DB and an Event Hub, until Ctrl-C',
    load: () => import('./start/command.ts'),
  },
  {
    name: 'send',
    alias: 'replay',
    group: MESSAGES,
    summary: 'send message files to the app, as OrderCloud does',
    load: () => import('./send/command.ts'),
  },
  {
    name: 'products',
    group: MESSAGES,
    summary: 'list the stored products, or show one',
    load: () => import('./products/command.ts'),
  },
  {
    name: 'offer',
    group: MESSAGES,
    summary: 'show what a buyer may see of products, what they cost, and why',
    load: () => import('./offer/command.ts'),
  },
  {
    name: 'dead-letters',
    group: MESSAGES,
    summary: 'list, show, replay or delete what could not be processed',
    load: () => import('./dead-letters/command.ts'),
  },
  {
    name: 'connect',
    group: ORDERCLOUD,
    summary: 'let OrderCloud send its product messages to this app',
    load: () => import('./connect/command.ts'),
  },
  {
    name: 'sync-config',
    group: ORDERCLOUD,
    summary: "show or change OrderCloud's configuration of product sync",
    load: () => import('./sync-config/command.ts'),
  },
  {
    name: 'pause',
    group: ORDERCLOUD,
    summary: 'let OrderCloud hold product updates back',
    load: async () => ({ program: (await import('./sync-config/pause.ts')).pause }),
  },
  {
    name: 'resume',
    group: ORDERCLOUD,
    summary: 'let OrderCloud send what it has held back, and go on',
    load: async () => ({ program: (await import('./sync-config/pause.ts')).resume }),
  },
  {
    name: 'status',
    group: ORDERCLOUD,
    summary: 'show whether both sides are set up, match, and keep up',
    load: () => import('./status/command.ts'),
  },
  {
    name: 'resync',
    group: ORDERCLOUD,
    summary: 'have OrderCloud send products again; with --all, the first load',
    load: () => import('./resync/command.ts'),
  },
  {
    name: 'verify',
    group: ORDERCLOUD,
    summary: "compare OrderCloud's products with the container, and repair it",
    load: () => import('./verify/command.ts'),
  },
];

const NOTES = `
Each command explains itself: ${NAME} connect --help

In a clone of the project: npx ${NAME} …
The npm scripts start, demo, send and dead-letters run the same commands.

Exit codes of all commands:
  0    done
  1    something failed, was refused, or differs
  2    wrong usage, or a setting is missing
  130  interrupted by Ctrl-C`;

const [name = '', ...args] = process.argv.slice(2);
const isHelp = name === 'help';
const asked = isHelp ? args[0] : name;
const entry = COMMANDS.find((each) => each.name === asked || (asked !== undefined && each.alias === asked));
if (entry === undefined) await runCommand(overview(), isHelp ? [] : process.argv.slice(2));
else {
  const { program, run } = await entry.load();
  program.name(`${NAME} ${entry.name}`);
  const given = isHelp ? ['--help'] : args;
  await (run ? run(given) : runCommand(program, given));
}

/** The help, and the answer to a name that is none. */
function overview(): Command {
  const all = new Command(NAME)
    .description('Keeps a container of Cosmos DB in step with the products of Sitecore OrderCloud.')
    .helpCommand(false)
    .addHelpText('after', NOTES)
    .showHelpAfterError(`Run ${NAME} --help for the commands.`);
  for (const { name, group, summary } of COMMANDS) {
    all.command(name).description(summary).helpOption(false).helpGroup(group);
  }
  return all;
}

import { Command } from 'commander';
import { runCommand } from './common/run-command.ts';

const NAME = 'ordercloud-product-sync';

/** The file of each command, loaded when used, so that the help comes at once. */
const COMMANDS = {
  demo: () => import('./demo/command.ts'),
  start: () => import('./start/command.ts'),
  send: () => import('./send/command.ts'),
  products: () => import('./products/command.ts'),
  offer: () => import('./offer/command.ts'),
  'dead-letters': () => import('./dead-letters/command.ts'),
  connect: () => import('./connect/command.ts'),
  'sync-config': () => import('./sync-config/command.ts'),
  pause: async () => ({ program: (await import('./sync-config/command.ts')).pause }),
  resume: async () => ({ program: (await import('./sync-config/command.ts')).resume }),
  status: () => import('./status/command.ts'),
  resync: () => import('./resync/command.ts'),
  verify: () => import('./verify/command.ts'),
};

type Name = keyof typeof COMMANDS;

/** Names that commands had before. */
const ALIASES: Readonly<Record<string, Name>> = { replay: 'send' };

/** What the help says of each command, by group. */
const SUMMARIES: Readonly<Record<string, Partial<Record<Name, string>>>> = {
  'Try it on this machine:': {
    demo: 'send the samples through the app and show what comes of them',
    start: 'run the app, a Cosmos DB and an Event Hub, until Ctrl-C',
  },
  'Messages and products:': {
    send: 'send message files to the app, as OrderCloud does',
    products: 'list the stored products, or show one',
    offer: 'show what a buyer may see of products, what they cost, and why',
    'dead-letters': 'list, show, replay or delete what could not be processed',
  },
  'OrderCloud:': {
    connect: 'let OrderCloud send its product messages to this app',
    'sync-config': "show or change OrderCloud's configuration of product sync",
    pause: 'let OrderCloud hold product updates back',
    resume: 'let OrderCloud send what it has held back, and go on',
    status: 'show whether both sides are set up, match, and keep up',
    resync: 'have OrderCloud send products again; with --all, the first load',
    verify: "compare OrderCloud's products with the container, and repair it",
  },
};

const NOTES = `
Each command explains itself: ${NAME} connect --help

In a clone of the project: npx ${NAME} …
The npm scripts start, demo, send and dead-letters run the same commands.`;

const [name = '', ...args] = process.argv.slice(2);
const isHelp = name === 'help';
const asked = isHelp ? (args[0] ?? '') : name;
const command = ALIASES[asked] ?? asked;
if (Object.hasOwn(COMMANDS, command)) {
  const { program } = await COMMANDS[command as Name]();
  await runCommand(program.name(`${NAME} ${command}`), isHelp ? ['--help'] : args);
} else await runCommand(overview(), isHelp ? [] : process.argv.slice(2));

/** The help, and the answer to a name that is none. */
function overview(): Command {
  const all = new Command(NAME)
    .description('Keeps a container of Cosmos DB in step with the products of Sitecore OrderCloud.')
    .helpCommand(false)
    .addHelpText('after', NOTES);
  for (const [group, summaries] of Object.entries(SUMMARIES)) {
    for (const [name, summary] of Object.entries(summaries)) {
      all.command(name).description(summary).helpOption(false).helpGroup(group);
    }
  }
  return all;
}

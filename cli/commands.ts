import type { Command } from 'commander';

/** What a file that defines a subcommand exports. */
export type Subcommand = {
  program: Command;
  run(args: readonly string[]): Promise<void>;
};

type Entry = { name: string; group: string; summary: string; load: () => Promise<Subcommand> };

const LOCAL = 'Try it on this machine:';
const MESSAGES = 'Messages:';
const ORDERCLOUD = 'OrderCloud:';

/** Every subcommand, in the order of the help; loaded when used, so that the help comes at once. */
export const COMMANDS: readonly Entry[] = [
  {
    name: 'demo',
    group: LOCAL,
    summary: 'send the samples through the app and show what comes of them',
    load: () => import('./demo.ts'),
  },
  {
    name: 'start',
    group: LOCAL,
    summary: 'run the app, a Cosmos DB and an Event Hub, until Ctrl-C',
    load: () => import('./start.ts'),
  },
  {
    name: 'replay',
    group: MESSAGES,
    summary: 'send message files to the app, as OrderCloud does',
    load: () => import('./replay.ts'),
  },
  {
    name: 'dead-letters',
    group: MESSAGES,
    summary: 'list, show, replay or delete what could not be processed',
    load: () => import('./dead-letters.ts'),
  },
  {
    name: 'connect',
    group: ORDERCLOUD,
    summary: 'let OrderCloud send its product messages to this app',
    load: () => import('./connect.ts'),
  },
  {
    name: 'sync-config',
    group: ORDERCLOUD,
    summary: "show or change OrderCloud's side of the synchronization",
    load: () => import('./sync-config.ts'),
  },
  {
    name: 'pause',
    group: ORDERCLOUD,
    summary: 'let OrderCloud hold product updates back',
    load: () => import('./pause.ts'),
  },
  {
    name: 'resume',
    group: ORDERCLOUD,
    summary: 'let OrderCloud send what it has held back, and go on',
    load: () => import('./resume.ts'),
  },
  {
    name: 'status',
    group: ORDERCLOUD,
    summary: 'show whether both sides are set up, fit each other, and keep up',
    load: () => import('./status.ts'),
  },
  {
    name: 'resync',
    group: ORDERCLOUD,
    summary: 'have OrderCloud send products again; with --all, the first load',
    load: () => import('./resync.ts'),
  },
  {
    name: 'verify',
    group: ORDERCLOUD,
    summary: "compare OrderCloud's products with the container, and repair it",
    load: () => import('./verify.ts'),
  },
];

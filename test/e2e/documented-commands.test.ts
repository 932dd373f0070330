import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import type { Command } from 'commander';
import { expect, it } from 'vitest';
import { PROGRAM } from '../support/run-program.ts';

const PAGES = ['README.md', 'CONTRIBUTING.md', 'compose.yaml', 'infra/README.md', 'samples/README.md'];
const docs = readdirSync('docs').filter((name) => name.endsWith('.md'));
const text = [...PAGES, ...docs.map((name) => `docs/${name}`)]
  .map((page) => readFileSync(page, 'utf8'))
  .join('\n');

/** Commands of the program that have commands of their own. */
const GROUPS = ['connect', 'dead-letters', 'products', 'sync-config'];
const NAMES = `${GROUPS.join('|')}|demo|start|send|pause|resume|status|resync|verify|offer|products`;

/** A command as text names it: by npm, by npx, or alone between backquotes; up to the next comment or backquote. */
const COMMAND = new RegExp(
  `(?:npm run |npm |npx ordercloud-product-sync |\`)(${NAMES})\\b([^\`#|\\n]*)(?=[\`#|\\n])`,
  'g',
);

/** The options that text gives to each command. */
function documentedOptions(): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const [, name = '', rest = ''] of text.matchAll(COMMAND)) {
    const subcommand = GROUPS.includes(name) ? /^(?: --)? ([a-z]+)\b/.exec(rest)?.[1] : undefined;
    const command = subcommand === undefined ? name : `${name} ${subcommand}`;
    const options = found.get(command) ?? found.set(command, new Set()).get(command);
    for (const [option] of rest.matchAll(/--[a-z][a-z-]*/g)) options?.add(option);
  }
  return found;
}

const { stdout: overview } = await promisify(execFile)(process.execPath, [PROGRAM, '--help']);

/** A command of the program, as `main.ts` loads it. */
async function commandOf(name: string, subcommand?: string): Promise<Command | undefined> {
  const folder = name === 'pause' || name === 'resume' ? 'sync-config' : name;
  const { program, ...others } = await import(`../../cli/${folder}/command.ts`);
  const command: Command = others[name] ?? program;
  return subcommand === undefined ? command : command.commands.find((each) => each.name() === subcommand);
}

it.each([...documentedOptions()])(
  '%s exists, with the options that the documentation gives it',
  async (words, options) => {
    const [name = '', subcommand] = words.split(' ');
    expect(overview).toMatch(new RegExp(`^ +${name} `, 'm'));
    const command = await commandOf(name, subcommand);
    expect(command, words).toBeDefined();
    const help = command?.helpInformation() ?? '';
    expect([...options].filter((option) => !help.includes(option))).toEqual([]);
  },
);

it('the scripts that the documentation names exist', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));
  const named = [...text.matchAll(/npm run ([a-z][a-z0-9:-]*)/g)].map(([, name = '']) => name);
  expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
});

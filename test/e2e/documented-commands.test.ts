import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

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

it.each([...documentedOptions()])(
  '%s exists, with the options that the documentation gives it',
  async (command, options) => {
    const args = ['--import', 'tsx', 'cli/main.ts', ...command.split(' '), '--help'];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    expect(stdout).toContain(`Usage: ordercloud-product-sync ${command}`);
    expect([...options].filter((option) => !stdout.includes(option))).toEqual([]);
  },
);

it('the scripts that the documentation names exist', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));
  const named = [...text.matchAll(/npm run ([a-z][a-z0-9:-]*)/g)].map(([, name = '']) => name);
  expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
});

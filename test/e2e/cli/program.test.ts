import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../../cli/commands.ts';
import { nameAs } from '../../../cli/support/name-as.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const PROGRAM = resolve(import.meta.dirname, '../../../cli/ordercloud-product-sync.mjs');

/** Runs the program as `npx` and `node_modules/.bin` do: by its launcher, in somebody's own folder. */
async function run(args: string[], env: NodeJS.ProcessEnv = {}, program = PROGRAM) {
  const cwd = await temporaryFolder({});
  const child = spawn(process.execPath, [program, ...args], { cwd, env: { PATH: process.env.PATH, ...env } });
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ]);
  return { code: code as number | null, stdout, stderr };
}

describe('the program', () => {
  it('lists every command with a summary, and the exit codes', async () => {
    const { code, stdout, stderr } = await run(['--help']);
    expect([code, stderr]).toEqual([0, '']);
    for (const { name, summary } of COMMANDS)
      expect(stdout).toMatch(new RegExp(`^ +${name} +${summary}`, 'm'));
    expect(stdout).toContain('130  interrupted by Ctrl-C');
  });

  it('ends with 2 and an explanation on a name that is none, and on none at all', async () => {
    const wrong = await run(['conect']);
    expect([wrong.code, wrong.stdout]).toEqual([2, '']);
    expect(wrong.stderr).toContain("unknown command 'conect'");
    const none = await run([]);
    expect(none.code).toBe(2);
    expect(none.stderr).toContain('Usage: ordercloud-product-sync');
  });

  it.each(COMMANDS)('explains $name under its own name', async ({ name, load }) => {
    const { program } = await load();
    const lines: string[] = [];
    const stdout = { write: (text: string) => lines.push(text) };
    nameAs(program, `ordercloud-product-sync ${name}`, { stdout, stderr: stdout });
    program.outputHelp();
    expect(lines.join('')).toContain(`Usage: ordercloud-product-sync ${name}`);
    expect(lines.join('')).not.toMatch(/npm (run|start)/);
  });

  it('runs from node_modules/.bin, where it is a link', async () => {
    const folder = await temporaryFolder({});
    const link = join(folder, 'ordercloud-product-sync');
    await symlink(PROGRAM, link);
    expect((await run(['--help'], {}, link)).stdout).toContain('Usage: ordercloud-product-sync');
  });

  it('explains a command also by: help COMMAND', async () => {
    expect((await run(['help', 'replay'])).stdout).toContain('Usage: ordercloud-product-sync replay');
  });

  it('speaks of npm to those who use the npm script', async () => {
    const { stdout } = await run(['replay', '--help'], { npm_lifecycle_event: 'replay' });
    expect(stdout).toContain('Usage: npm run replay --');
  });

  it('ends with 2 on an option that a command does not have', async () => {
    const { code, stderr } = await run(['dead-letters', 'list', '--nonsense']);
    expect(code).toBe(2);
    expect(stderr).toContain("unknown option '--nonsense'");
  });
});

import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { PROGRAM, runProgram } from '../../support/run-program.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const COMMANDS = [
  'demo',
  'start',
  'send',
  'products',
  'offer',
  'dead-letters',
  'connect',
  'sync-config',
  'pause',
  'resume',
  'status',
  'resync',
  'verify',
];

/** Runs the program as `npx` and `node_modules/.bin` do: by its launcher, in somebody's own folder. */
async function run(args: string[], env: NodeJS.ProcessEnv = {}, program = PROGRAM) {
  return runProgram(args, { cwd: await temporaryFolder(), env, program });
}

describe('the program', () => {
  it('lists every command with a summary, and the exit codes', async () => {
    const { code, stdout, stderr } = await run(['--help']);
    expect([code, stderr]).toEqual([0, '']);
    for (const name of COMMANDS) expect(stdout).toMatch(new RegExp(`^ +${name} +[a-z]`, 'm'));
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

  it.each(COMMANDS)('explains %s', async (name) => {
    const { code, stdout } = await run([name, '--help']);
    expect(code).toBe(0);
    expect(stdout).toContain(`Usage: ordercloud-product-sync ${name}`);
  });

  it('runs from node_modules/.bin, where it is a link', async () => {
    const folder = await temporaryFolder();
    const link = join(folder, 'ordercloud-product-sync');
    await symlink(PROGRAM, link);
    expect((await run(['--help'], {}, link)).stdout).toContain('Usage: ordercloud-product-sync');
  });

  it('explains a command also by: help COMMAND', async () => {
    expect((await run(['help', 'send'])).stdout).toContain('Usage: ordercloud-product-sync send');
  });

  it('still sends files by the name that the command had', async () => {
    expect((await run(['replay', '--help'])).stdout).toContain('Usage: ordercloud-product-sync send');
  });

  it('ends with 2 on an option that a command does not have', async () => {
    const { code, stderr } = await run(['dead-letters', 'list', '--nonsense']);
    expect(code).toBe(2);
    expect(stderr).toContain("unknown option '--nonsense'");
  });
});

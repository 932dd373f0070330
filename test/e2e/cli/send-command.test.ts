import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { folderOfCaller } from '../../../cli/common/run-command.ts';
import { type SendFlags, sendFiles } from '../../../cli/send/run.ts';
import { runAt } from '../../support/run-command.ts';
import { startProgram } from '../../support/run-program.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { type Answer, addressOfNothing, CREATED, startReceiver } from './receiver.ts';

const flags: SendFlags = {
  via: 'webhook',
  type: 'sitecore.ordercloud.messages.product.updated',
  repeat: 1,
  concurrency: 1,
};
const payload = '{"ProductID":"AEROPRESS-GO"}';

async function run(url: string, overrides: Partial<SendFlags> = {}, interrupt = new AbortController()) {
  const folder = await temporaryFolder({ 'a.json': payload, 'b.ndjson': `${payload}\nnonsense\n` });
  const { exitCode, error, stdout } = await runAt({ env: {}, folder, interrupt }, (at) =>
    sendFiles(['.'], { ...flags, url, ...overrides }, at),
  );
  return { exitCode: error ?? exitCode, output: stdout };
}

const refuseNonsense = ({ body }: { body: Buffer }): Answer =>
  body.toString() === 'nonsense' ? { status: 400, body: { reason: 'invalid-json' } } : CREATED;

describe('the command', () => {
  it('succeeds when every message does, and signs with the local secret', async () => {
    const { url, received } = await startReceiver();
    const { exitCode, output } = await run(url, { repeat: 2 });
    expect(exitCode).toBe(0);
    expect(output).toContain('│ created │        6 │');
    // printf '{"Headers":…}' | openssl dgst -sha256 -hmac local-webhook-secret -binary | base64
    expect(received[0]?.headers['x-oc-hash']).toBe('FirjEYCsxit/+gw5EazTi7IP9Bwhr34RgPqPlSpO3og=');
  });

  it('fails when a message does', async () => {
    const { url } = await startReceiver(refuseNonsense);
    const { exitCode, output } = await run(url);
    expect(exitCode).toBe(1);
    expect(output).toContain('  b.ndjson:2  400 invalid-json');
  });

  it('prints one JSON object when asked, without keys of the URL', async () => {
    const { url } = await startReceiver(refuseNonsense);
    const { output } = await run(`${url}?code=hush`, { json: true });
    expect(JSON.parse(output)).toMatchObject({
      url,
      planned: 3,
      sent: 3,
      outcomes: { created: 2 },
      failed: 1,
    });
    expect(output).not.toContain('hush');
  });

  it('says how to start the stack when nothing listens', async () => {
    const url = await addressOfNothing();
    const { exitCode, output } = await run(url, { repeat: 1000 });
    expect(exitCode).toBe(`Nothing listens at ${url}. Start the local stack with: npm start`);
    expect(output).toBe('');
  });

  it('tells what was done before an interruption', async () => {
    const interrupt = new AbortController();
    const { url } = await startReceiver(() => {
      interrupt.abort();
      return CREATED;
    });
    const { exitCode, output } = await run(url, {}, interrupt);
    expect(exitCode).toBe(130);
    expect(output).toContain('Stopped after 1 of 3 messages');
  });
});

it('takes relative paths from where npm was called, but only for its own script', () => {
  expect(folderOfCaller(['replay'], { npm_lifecycle_event: 'replay', INIT_CWD: '/elsewhere' })).toBe(
    '/elsewhere',
  );
  expect(folderOfCaller(['replay'], { npm_lifecycle_event: 'test', INIT_CWD: '/elsewhere' })).toBe(
    process.cwd(),
  );
});

/** Starts the command in a process of its own, as `npm run replay -- …` does. */
const start = (...args: string[]) =>
  startProgram(['replay', ...args], { env: { npm_lifecycle_event: 'replay' } });

describe('in a process of its own', { timeout: 30_000 }, () => {
  it('explains itself', async () => {
    const { code, stdout } = await start('--help').ended;
    expect(code).toBe(0);
    expect(stdout).toContain('ORDERCLOUD_WEBHOOK_SECRET');
  });

  it.each([
    [[], 2, "error: missing required argument 'path'"],
    [['--rate', 'fast', '.'], 2, "error: option '--rate <n>' argument 'fast' is invalid."],
    [['--url', 'https://example.com/', '.'], 2, 'set ORDERCLOUD_WEBHOOK_SECRET or pass --secret'],
    [['--hub', 'hush', '.'], 2, 'error: --hub goes with --via eventhub.\n'],
    [['nowhere.json'], 1, 'error: Cannot read nowhere.json: no such file or directory.\n'],
  ])('with %j ends with %i', async (args, exitCode, message) => {
    const { code, stdout, stderr } = await start(...args).ended;
    expect({ code, stdout }).toEqual({ code: exitCode, stdout: '' });
    expect(stderr).toContain(message);
  });

  it('sends', async () => {
    const { url, received } = await startReceiver();
    const folder = await temporaryFolder({ 'a.json': payload });
    const { code, stdout, stderr } = await start('--url', url, join(folder, 'a.json')).ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('Sent 1 message in');
    expect(received).toHaveLength(1);
  });

  it('ends with 130 on Ctrl-C, after telling what was done', async () => {
    let interrupt = () => {};
    const { url } = await startReceiver(() => {
      interrupt();
      return CREATED;
    });
    const folder = await temporaryFolder({ 'a.json': payload });
    const { child, ended } = start('--url', url, '--rate', '1', '--repeat', '1000', folder);
    interrupt = () => child.kill('SIGINT');
    const { code, stdout } = await ended;
    expect(code).toBe(130);
    expect(stdout).toContain('Stopped after 1 of 1,000 messages');
  });
});

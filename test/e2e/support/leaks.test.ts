import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findLeak, PAYLOAD_MARKER, withoutSecrets } from '../../support/leaks/find-leak.ts';
import { registerSecret } from '../../support/leaks/secrets.ts';

const VITEST = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');

/** Runs the tests of `test/support/leaks/seeded` under the project's own configuration. */
function runSeeded(name: string): Promise<{ code: number; output: string }> {
  const args = [VITEST, 'run', '--silent', '--config', 'test/support/leaks/seeded.config.ts', name];
  const env = { PATH: process.env.PATH, NO_COLOR: '1' };
  return new Promise((resolve) => {
    execFile(process.execPath, args, { env, timeout: 100_000 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr });
    });
  });
}

describe('a run of tests', { timeout: 120_000 }, () => {
  it('fails where anything told a payload or a secret, though every test passes', async () => {
    const { code, output } = await runSeeded('leaky-seeded');
    expect(code).toBe(1);
    expect(output).toMatch(/Tests +19 passed/);
    const told = [...output.matchAll(/^(.+) tells (.+)\.\n {2}file: (.+)\n {2}test: (.+)$/gm)];
    expect(told.map(([, place, leak, , test]) => `${test}: ${place}, ${leak}`).sort()).toEqual([
      'a command in this process that ends with a secret: The output of a command, the secret "OrderCloud\'s client secret"',
      'a command in this process that tells a secret in its question: The output of a command, the secret "OrderCloud\'s client secret"',
      'a command in this process that tells a secret, without an end of line: The output of a command, the secret "OrderCloud\'s client secret"',
      'a command that tells a secret: The output of a command, the secret "LOCAL_WEBHOOK_SECRET"',
      'a console that tells a key: A log line, a key of a connection string',
      'a log of a host that tells a secret: A log line, the secret "OrderCloud\'s client secret"',
      'a log that tells a payload: A log line, a part of a payload',
      'a log that tells a secret in the middle of a base64 text: A log line, the secret "OrderCloud\'s client secret in base64"',
      'a silenced console that tells a payload: A log line, a part of a payload',
      'a started host that tells a payload on stderr: A log line, a part of a payload',
      'a started host that tells a payload on stdout: A log line, a part of a payload',
      'a worker of the package test that tells a payload: A log line, a part of a payload',
      'an answer of a handler that tells too much: An answer, more than 40 characters of a payload',
      'an answer over a wire that tells too much: An answer, more than 40 characters of a payload',
      'an envelope of Application Insights that tells a secret: A log line, the secret "OrderCloud\'s client secret"',
      'an invocation\'s log that tells a secret: A log line, the secret "LOCAL_WEBHOOK_SECRET"',
      'spans of application/json that tell a payload: A log line, a part of a payload',
      'spans of application/x-protobuf that tell a payload: A log line, a part of a payload',
      'telemetry in memory that tells a payload: A log line, a part of a payload',
    ]);
    expect(new Set(told.map(([, , , file]) => file))).toEqual(
      new Set(['test/support/leaks/seeded/leaky-seeded.ts']),
    );
  });

  it('passes where nothing did, and says how much it looked at', async () => {
    const { code, output } = await runSeeded('discreet-seeded');
    expect(output).toContain('Leak test: nothing told in 1 log lines, 1 answers, 1 lines of commands.');
    expect(code).toBe(0);
  });
});

describe('a leak', () => {
  const upTo40 = PAYLOAD_MARKER.slice(3, 43);
  const over40 = PAYLOAD_MARKER.slice(3, 44);
  const base64 = Buffer.from(`{"Name":"${PAYLOAD_MARKER}"}`).toString('base64');
  registerSecret('the secret of this test', 'grinder-secret');
  registerSecret('another of this test', 'grinder secret');

  it.each([
    ['a payload in a log', 'log', `{"name":"${PAYLOAD_MARKER.slice(2, 40)}"}`, 'a part of a payload'],
    ['in other case', 'log', PAYLOAD_MARKER.toUpperCase(), 'a part of a payload'],
    ['in base64, in a log', 'log', base64, 'a part of a payload in base64'],
    ['in base64, in an answer', 'answer', base64, 'a part of a payload in base64'],
    ['40 characters in an answer', 'answer', `"${upTo40}"`, null],
    ['41 characters in an answer', 'answer', `"${over40}"`, 'more than 40 characters of a payload'],
    ['a payload that a command shows', 'command', PAYLOAD_MARKER, null],
    ['a secret in a log', 'log', 'x grinder-secret x', 'the secret "the secret of this test"'],
    ['a secret in an answer', 'answer', 'grinder-secret', 'the secret "the secret of this test"'],
    ['a secret from a command', 'command', 'grinder-secret', 'the secret "the secret of this test"'],
    ...[0, 1, 2].map(
      (before) =>
        [
          `a secret in base64, behind ${before} bytes`,
          'log',
          Buffer.from(`${'x'.repeat(before)}grinder-secret, and more`).toString('base64url'),
          'the secret "the secret of this test in base64"',
        ] as const,
    ),
    ['a secret in a URL', 'log', 'code=grinder%20secret', 'the secret "another of this test in a URL"'],
    ['a secret in base64', 'log', 'Z3JpbmRlci1zZWNyZXQ=', 'the secret "the secret of this test in base64"'],
    [
      'an unknown key',
      'log',
      'Endpoint=sb://x/;SharedAccessKey=abcdefgh1234',
      'a key of a connection string',
    ],
    ['a key that is left out', 'log', 'must hold AccountEndpoint=https://…; and AccountKey=…;', null],
    ['what npm start tells on purpose', 'log', '  Secret     local-webhook-secret (signs the body', null],
    ['where a local broker is', 'command', 'Endpoint=sb://127.0.0.1:5672;SharedAccessKey=local-only', null],
    ['the local secret elsewhere', 'log', 'local-webhook-secret', 'the secret "LOCAL_WEBHOOK_SECRET"'],
    ['nothing', 'log', '{"event":"message","productId":"KETTLE","outcome":"created"}', null],
  ] as const)('%s', (_, telling, text, leak) => {
    expect(findLeak(telling, text)).toBe(leak);
  });

  it('of a secret too short to be told from other text cannot be found, and is refused', () => {
    expect(() => registerSecret('a short one', 'mug')).toThrow('a short one is too short');
  });

  it('of a secret is reported without it', () => {
    expect(withoutSecrets('a grinder-secret and SharedAccessKey=abcdefgh1234')).toBe(
      'a «the secret of this test» and SharedAccessKey=«a key»',
    );
  });
});

import { describe, expect, it } from 'vitest';
import { CommandError } from '../../../cli/common/command-error.ts';
import { LOCAL_WEBHOOK_SECRET } from '../../../local/defaults.ts';
import { checkedAnswer, checkedLines, takeLeaks } from '../../support/leaks/check.ts';
import { findLeak, PAYLOAD_MARKER, withoutSecrets } from '../../support/leaks/find-leak.ts';
import { registerSecret } from '../../support/leaks/secrets.ts';
import { invocationContext, recordingHostLog, recordingLog, silencedConsole } from '../../support/log.ts';
import { runAt } from '../../support/run-command.ts';

it.fails('a leak fails the test in which it happens', () => {
  recordingLog()('warn', 'message', { name: PAYLOAD_MARKER });
});

describe('a leak is found in', () => {
  it.each<[string, () => unknown, string]>([
    [
      'a log',
      () => recordingLog()('warn', 'message', { productId: `Kettle ${PAYLOAD_MARKER.slice(7, 30)}` }),
      'A log line tells a part of a payload',
    ],
    [
      'the log of an invocation',
      () => invocationContext().error(`signed with ${LOCAL_WEBHOOK_SECRET}`),
      'A log line tells the secret "LOCAL_WEBHOOK_SECRET"',
    ],
    [
      'the log of a host',
      () => recordingHostLog()({ level: 'error', category: 'user', message: LOCAL_WEBHOOK_SECRET }),
      'A log line tells the secret "LOCAL_WEBHOOK_SECRET"',
    ],
    [
      'a silenced console',
      () => {
        const spy = silencedConsole('warn');
        console.warn('AccountEndpoint=https://x/;AccountKey=%s;', 'Z3JpbmRlci1rZXk');
        spy.mockRestore();
      },
      'A log line tells a key of a connection string',
    ],
    [
      'an answer',
      () => checkedAnswer({ status: 400, jsonBody: { found: PAYLOAD_MARKER.slice(9, 50) } }),
      'An answer tells more than 40 characters of a payload',
    ],
    [
      'a line that comes in pieces',
      () => ['{"Secret":"local-web', 'hook-secret"}'].forEach(checkedLines<string>('command')),
      'The output of a command tells the secret "LOCAL_WEBHOOK_SECRET"',
    ],
    [
      'what a command writes',
      () => runAt({ env: {} }, async (at) => Number(at.stdout.write(LOCAL_WEBHOOK_SECRET))),
      'The output of a command tells the secret "LOCAL_WEBHOOK_SECRET"',
    ],
    [
      'what a command asks',
      () =>
        runAt({ env: {}, typed: '' }, async (at) =>
          Number(await at.ask?.(`Instead of ${LOCAL_WEBHOOK_SECRET}: `)),
        ),
      'The output of a command tells the secret "LOCAL_WEBHOOK_SECRET"',
    ],
    [
      'what a command ends with',
      () => runAt({ env: {} }, () => Promise.reject(new CommandError(`${LOCAL_WEBHOOK_SECRET} is refused`))),
      'The output of a command tells the secret "LOCAL_WEBHOOK_SECRET"',
    ],
  ])('%s', async (_, tell, leak) => {
    await tell();
    expect(takeLeaks()).toEqual([expect.stringContaining(leak)]);
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

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CommandError } from '../../../cli/common/command-error.ts';
import { LOCAL_WEBHOOK_SECRET } from '../../../local/defaults.ts';
import { checkedAnswer, checkedLines, takeLeaks } from '../../support/leaks/check.ts';
import { findLeak, PAYLOAD_MARKER, withoutSecrets } from '../../support/leaks/find-leak.ts';
import { LEAST_LENGTH, registerSecret } from '../../support/leaks/secrets.ts';
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

/** What holds a secret: settings, flags, headers, and members of what OrderCloud and Azure are sent. */
const HOLDER =
  /\w+_SECRETS?|\w+_PASSWORD|COSMOS_KEY|FUNCTIONS_KEY|\w+_API_KEY|IDENTITY_HEADER|[cC]lientSecret|[pP]assword|SaslPassword|CustomAuthHeaderValue|access_token|[aA]piKey|x-functions-key|api-key/
    .source;
const TEXT = /['"`]([^'"`\n]+)['"`]/.source;

const PLACES = [
  `(?:${HOLDER})['"]?: ?${TEXT}`,
  `stubEnv\\('(?:${HOLDER})', ${TEXT}`,
  `SECRET = ${TEXT}`,
  /(?:AccountKey|SharedAccessKey|api-key)=([^;'"`\n]+)/.source,
].map((place) => new RegExp(`\\b${place}`, 'g'));

/** What is put together, what names a setting, and what stands for a secret that is hidden or left out. */
const NONE = /[$*…[]|^@Microsoft\.KeyVault|^%\w+%$|^p%x%$|^value\($/;

/** Secrets that a test's source makes up and that the leak check does not know. */
function unknownSecrets(source: string): string[] {
  const found = PLACES.flatMap((place) =>
    [...source.matchAll(place)].flatMap(([, text = '']) => text.split(',')),
  );
  return found.filter(
    (text) => text.length >= LEAST_LENGTH && !NONE.test(text) && findLeak('log', text) === null,
  );
}

it.each([
  ["const env = { KAFKA_PASSWORD: 'made-up' };", ['made-up']],
  ["vi.stubEnv('ORDERCLOUD_WEBHOOK_SECRETS', 'roast-1,unheard-of');", ['unheard-of']],
  ["post(body, { 'x-functions-key': 'made-up' })", ['made-up']],
  ["const SECRET = 'made-up';", ['made-up']],
  ["const COSMOS = 'AccountEndpoint=http://x/;AccountKey=bWFkZS11cA==;';", ['bWFkZS11cA==']],
  ["const env = { OTEL_EXPORTER_OTLP_HEADERS: 'api-key=made-up' };", ['made-up']],
  ["const env = { KAFKA_PASSWORD: 'kafka-password-of-the-tests' };", []],
])('of %s it is told which are unknown', (source, unknown) => {
  expect(unknownSecrets(source)).toEqual(unknown);
});

/** By path, without what is made for the leak check itself. */
async function sourcesOfTests(): Promise<(readonly [string, string])[]> {
  const files = (await readdir('test', { recursive: true })).filter(
    (file) => file.endsWith('.ts') && !/support.leaks/.test(file),
  );
  expect(files.length).toBeGreaterThan(100);
  return Promise.all(files.map(async (file) => [file, await readFile(join('test', file), 'utf8')] as const));
}

it('the leak check knows every secret that tests make up: `registerSecret`, or the list beside it', async () => {
  const unknown = (await sourcesOfTests()).map(([file, source]) => [file, unknownSecrets(source)] as const);
  expect(unknown.filter(([, secrets]) => secrets.length > 0)).toEqual([]);
});

const THROWN_AWAY =
  /(?:\blog|logHandler): \(\) => \{\}|createApp\(\(\) => \{\}|spyOn\(console, '\w+'\)\.mock(?:Return|Implementation\(\(\) => (?:\{\}|undefined)\))/;

/** It runs a million histories outside of vitest, too, and its messages hold nothing but numbers. */
const SIMULATION = /support.convergence.run-batch\.ts$/;

it.each([
  'startWorker({ entry, log: () => {} })',
  'createApp(() => {}, env)',
  'new InvocationContext({ logHandler: () => {} })',
  "vi.spyOn(console, 'warn').mockReturnValue()",
  "vi.spyOn(console, 'warn').mockImplementation(() => {})",
])('%s throws a log away', (source) => {
  expect(source).toMatch(THROWN_AWAY);
});

it('no test throws a log away: the leak check looks at `recordingLog` and its like', async () => {
  const thrownAway = (await sourcesOfTests())
    .filter(([file, source]) => !SIMULATION.test(file) && THROWN_AWAY.test(source))
    .map(([file]) => file);
  expect(thrownAway).toEqual([]);
});

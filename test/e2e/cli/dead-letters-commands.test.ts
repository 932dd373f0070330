import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CommandError } from '../../../cli/common/command-error.ts';
import type { CommandContext, Confirmation } from '../../../cli/common/context.ts';
import { replayDeadLettersCommand } from '../../../cli/dead-letters/replay.ts';
import { deleteDeadLetters, listDeadLetters } from '../../../cli/dead-letters/run.ts';
import { showDeadLetter } from '../../../cli/dead-letters/show.ts';
import type { DeadLetter } from '../../../src/store/dead-letter.ts';
import { startTestCosmos, type TestCosmos } from '../../support/cosmos.ts';
import { deadLetterFor, deadLetterOf } from '../../support/dead-letters.ts';
import { eventHubDelivery, httpDelivery } from '../../support/deliveries.ts';
import { checkedLines, checkedMessage } from '../../support/leaks/check.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

let cosmos: TestCosmos;
beforeAll(async () => {
  cosmos = await startTestCosmos();
});
afterAll(() => cosmos.close());

beforeEach(async () => {
  for (const container of [cosmos.products, cosmos.deadLetters]) {
    const { resources: ids } = await container.items.query<string>('SELECT VALUE c.id FROM c').fetchAll();
    await Promise.all(ids.map((id) => container.item(id, id).delete()));
  }
});

type Overrides = Partial<Pick<CommandContext, 'env' | 'folder' | 'ask'>> & {
  columns?: number;
  isTTY?: boolean;
  interrupt?: AbortSignal;
};

/** Runs a command on the test's account; gives how it ended and what it wrote. */
async function run(
  command: (at: CommandContext) => Promise<number>,
  { columns, isTTY, interrupt = new AbortController().signal, ...overrides }: Overrides = {},
) {
  const written: { stdout: (string | Uint8Array)[]; stderr: string[] } = { stdout: [], stderr: [] };
  const at: CommandContext = {
    env: { COSMOS_CONNECTION_STRING: cosmos.connectionString, ORDERCLOUD_MARKETPLACE_ID: 'roastery' },
    folder: await temporaryFolder({}),
    stdout: {
      write: checkedLines('command', (text) => written.stdout.push(text)),
      ...(columns && { columns }),
      ...(isTTY && { isTTY }),
    },
    stderr: {
      isTTY: false,
      write: checkedLines('command', (text: string) => written.stderr.push(text)),
    } as unknown as NodeJS.WriteStream,
    ask: null,
    askSecret: null,
    interrupt: () => interrupt,
    ...overrides,
  };
  const ended = await command(at).catch((error: unknown) => {
    if (!(error instanceof CommandError)) throw error;
    return { exitCode: error.exitCode, error: checkedMessage(error) };
  });
  return {
    ended,
    stdout: Buffer.concat(written.stdout.map((part) => Buffer.from(part))).toString(),
    stderr: written.stderr.join(''),
  };
}

const list =
  (flags: Parameters<typeof listDeadLetters>[0] = {}) =>
  (at: CommandContext) =>
    listDeadLetters(flags, at);
const show =
  (id: string, flags: Parameters<typeof showDeadLetter>[1] = {}) =>
  (at: CommandContext) =>
    showDeadLetter(id, flags, at);
const replay =
  (ids: string[], flags: Parameters<typeof replayDeadLettersCommand>[1] = {}) =>
  (at: CommandContext) =>
    replayDeadLettersCommand(ids, flags, at);
const remove =
  (ids: string[], flags: Parameters<typeof deleteDeadLetters>[1] = {}) =>
  (at: CommandContext) =>
    deleteDeadLetters(ids, flags, at);

async function keep(...deadLetters: DeadLetter[]): Promise<void> {
  await Promise.all(deadLetters.map((one) => cosmos.stores.deadLetters.keep(one)));
}

async function keptIds(): Promise<string[]> {
  return (await cosmos.deadLetters.items.query<string>('SELECT VALUE c.id FROM c').fetchAll()).resources;
}

/** Times of now, so that nothing is too old. */
function minutesAgo(minutes: number): { time: string; receivedAt: string } {
  const time = new Date(Date.now() - minutes * 60_000).toISOString();
  return { time, receivedAt: time };
}

const issues = [
  { path: 'Name', expected: 'a string', found: 'the number 3' },
  { path: 'Active', expected: 'true or false', found: 'the string "yes"' },
];

describe('list', () => {
  it('says that there are none', async () => {
    expect(await run(list())).toEqual({
      ended: 0,
      stdout: `No dead letters at ${cosmos.endpoint}.\n`,
      stderr: '',
    });
    expect((await run(list({ product: 'MUG' }))).stdout).toBe(
      `No dead letters at ${cosmos.endpoint} match.\n`,
    );
    expect((await run(list({ json: true }))).stdout).toBe('[]\n');
  });

  it('shows a table, and how many of each', async () => {
    const mug = deadLetterFor(
      'MUG',
      { sequence: 4711, partition: '3', ...minutesAgo(61) },
      { reason: 'invalid-message', issues },
    );
    const kettle = deadLetterOf(httpDelivery(Buffer.from('{'), minutesAgo(5)), {
      reason: 'invalid-json',
      detail: 'The body is not JSON.',
    });
    await keep(mug, kettle);
    const { ended, stdout } = await run(list());
    expect(ended).toBe(0);
    const rows = stdout.split('\n').filter((line) => line.startsWith('│'));
    const cells = rows.map((row) =>
      row
        .split('│')
        .map((cell) => cell.trim())
        .slice(1, -1),
    );
    const received = ({ receivedAt }: DeadLetter) => receivedAt.slice(0, 16).replace('T', ' ');
    expect(cells).toEqual([
      ['ID', 'Received (UTC)', 'Age', 'Reason', 'Product', 'From', 'Attempts', 'What is wrong'],
      [
        kettle.id.slice(0, 8),
        received(kettle),
        '5m',
        'invalid-json',
        '',
        'http',
        '1',
        'The body is not JSON.',
      ],
      [
        mug.id.slice(0, 8),
        received(mug),
        '1h',
        'invalid-message',
        'MUG',
        'eventhub/products/3 #4711',
        '1',
        'Name: expected a string, found the number 3 (and 1 more)',
      ],
    ]);
    expect(stdout).toContain(`2 dead letters at ${cosmos.endpoint}: 1 invalid-json, 1 invalid-message.`);
    expect(stdout).toContain(`ordercloud-product-sync dead-letters show ${kettle.id.slice(0, 8)}`);
  });

  it('wraps the last column at a terminal, and nothing in a pipe', async () => {
    await keep(deadLetterFor('MUG', {}, { detail: 'word '.repeat(40).trim() }));
    const linesOf = async (columns?: number) =>
      (await run(list(), columns === undefined ? {} : { columns })).stdout
        .split('\n')
        .filter((line) => /^[│┌]/.test(line));
    expect(await linesOf()).toHaveLength(3);
    const wrapped = await linesOf(160);
    expect(wrapped.length).toBeGreaterThan(4);
    expect(Math.max(...wrapped.map((line) => line.length))).toBeLessThanOrEqual(160);
  });

  it('fits a terminal of 80 columns', async () => {
    await keep(
      deadLetterFor('MUG-WITH-A-LONG-NAME', {}, { reason: 'document-too-large', detail: 'word '.repeat(40) }),
    );
    const { stdout } = await run(list(), { columns: 80 });
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(stdout).toMatch(/│ ID +│ +Age │ Reason +│ Product +│ What is wrong +│/);
  });

  it('shows more digits of IDs that begin alike', async () => {
    const mug = deadLetterFor('MUG');
    const twin = { ...mug, id: `${mug.id.slice(0, 11)}${mug.id[11] === '0' ? '1' : '0'}${mug.id.slice(12)}` };
    await keep(mug, twin);
    const { stdout } = await run(list());
    expect(stdout).toContain(`│ ${mug.id.slice(0, 12)} │`);
    expect(stdout).toContain(`│ ${twin.id.slice(0, 12)} │`);
  });

  it('prints summaries as JSON, without bodies', async () => {
    const mug = deadLetterFor('MUG', {}, { issues });
    await keep(mug);
    const [summary] = JSON.parse((await run(list({ json: true }))).stdout);
    expect(summary).toMatchObject({ id: mug.id, productId: 'MUG', issues });
    expect(summary).not.toHaveProperty('body');
  });

  it('lets no message write to the terminal with control characters', async () => {
    const hostile = [{ path: 'Name', expected: 'a string', found: 'the string "\u001b[2J\u009b"' }];
    await keep(deadLetterFor('MUG', {}, { issues: hostile }));
    const { stdout } = await run(list());
    expect(stdout).toContain('[2J');
    for (const control of ['\u001b', '\u009b']) expect(stdout).not.toContain(control);
  });

  it('names what is no dead letter on standard error', async () => {
    await cosmos.deadLetters.items.create({ id: 'foreign', receivedAt: '2026-11-22T12:00:00.000Z' });
    const { stdout, stderr } = await run(list({ json: true }));
    expect(stdout).toBe('[]\n');
    expect(stderr).toBe('Passed over foreign: not a dead letter that this version can read.\n');
  });
});

describe('show', () => {
  it('hands no control characters of a body to a terminal, in whatever form', async () => {
    const body = Buffer.from('{"Name":"\u009b2J\u202e kettle"} \u001b[2J');
    const kept = deadLetterOf(httpDelivery(body), { productId: 'KETTLE', reason: 'invalid-json' });
    await keep(kept);
    const refused = await run(show(kept.id, { body: true }), { isTTY: true });
    expect(refused).toMatchObject({ ended: { exitCode: 2 }, stdout: '' });
    expect(Buffer.from((await run(show(kept.id, { body: true }))).stdout)).toEqual(body);
    const { stdout } = await run(show(kept.id, { json: true }), { isTTY: true });
    for (const text of [stdout, (await run(show(kept.id))).stdout])
      expect(text).not.toMatch(/(?!\n)\p{Cc}|\u202e/u);
    expect(JSON.parse(stdout).body).toBe(body.toString());
  });

  const body = Buffer.from('{"ProductID":"MUG","Name":3,"xp":{"n":12345678901234567890}}');
  const mug = deadLetterOf(eventHubDelivery({ payload: {} }, { body, sequence: 4711 }), {
    reason: 'invalid-message',
    detail: 'Two values.',
    issues,
    productId: 'MUG',
  });

  it('prints everything, the body indented as it came', async () => {
    await keep(mug);
    const { ended, stdout } = await run(show(mug.id.slice(0, 6).toUpperCase()));
    expect(ended).toBe(0);
    for (const part of [
      `Dead letter ${mug.id}`,
      'Reason    invalid-message',
      'Detail    Two values.',
      'Product   MUG',
      'Type      sitecore.ordercloud.messages.product.updated',
      'From      eventhub/products/0 #4711',
      'Time      2026-11-22T12:00:00.000Z',
      'Attempts  1',
      `Body      ${body.byteLength} bytes, JSON`,
      `SHA-256   ${mug.bodySha256}`,
      'Issues:\n  Name: expected a string, found the number 3\n  Active: expected',
      'Body:\n{\n  "ProductID": "MUG",\n  "Name": 3,\n  "xp": {\n    "n": 12345678901234567890\n  }\n}\n',
    ]) {
      expect(stdout).toContain(part);
    }
  });

  it('prints the body alone, byte for byte, or all as JSON', async () => {
    await keep(mug);
    expect((await run(show(mug.id, { body: true }))).stdout).toBe(body.toString());
    const { stdout } = await run(show(mug.id, { json: true }));
    expect(JSON.parse(stdout)).toEqual({ ...mug, expiresAt: expect.stringMatching(/^\d{4}-.*Z$/) });
  });

  it('says that a body is not whole', async () => {
    await keep({ ...mug, truncated: true });
    expect((await run(show(mug.id))).stdout).toContain('; only the first part could be kept');
  });

  it('finds nothing, or too much', async () => {
    const twin = { ...mug, id: `${mug.id.slice(0, 20)}${'0'.repeat(44)}` };
    await keep(mug, twin);
    const { ended } = await run(show(mug.id.slice(0, 20)));
    expect(ended).toMatchObject({
      exitCode: 1,
      error: expect.stringMatching(/ is ambiguous: .*, .*\. Use more/),
    });
    expect((await run(show('00000000'))).ended).toEqual({
      exitCode: 1,
      error: `There is no dead letter 00000000 at ${cosmos.endpoint}.`,
    });
  });

  it.each(['abc', 'not-hex!', '0'.repeat(65), ''])('refuses %j as an ID', async (id) => {
    expect((await run(show(id))).ended).toMatchObject({ exitCode: 2 });
  });
});

describe('replay', () => {
  const mug = deadLetterFor('MUG', { sequence: 1, ...minutesAgo(5) });
  const invalid = deadLetterOf(
    eventHubDelivery({ payload: { ProductID: 'INVALID', Name: 3 } }, { sequence: 9, ...minutesAgo(5) }),
  );

  it('says what became of each, and takes what is processed off the list', async () => {
    await keep(mug);
    const { ended, stdout } = await run(replay([mug.id.slice(0, 8)]));
    expect(ended).toBe(0);
    expect(stdout).toMatch(/│ MUG +│ eventhub\/products\/0 #1 │ created +│/);
    expect(stdout).toContain(`1 dead letter at ${cosmos.endpoint}: 1 processed (1 created), 0 not.`);
    expect(await keptIds()).toEqual([]);
  });

  it('fails when one is still wrong, cannot be replayed, or is not there', async () => {
    const truncated = { ...deadLetterFor('CUT', { sequence: 2 }), truncated: true };
    await keep(mug, invalid, truncated);
    const { ended, stdout } = await run(replay([mug.id, invalid.id, truncated.id, '00000000']));
    expect(ended).toBe(1);
    expect(stdout).toContain(`There is no dead letter 00000000 at ${cosmos.endpoint}.`);
    expect(stdout).toContain('still invalid-message: Name: expected a string, found the number 3');
    expect(stdout).toContain('only the first part of its body could be kept');
    expect(stdout).toContain('1 processed (1 created), 2 not.');
    expect((await keptIds()).sort()).toEqual([invalid.id, truncated.id].sort());
  });

  it('chooses by filter, and takes the oldest first', async () => {
    const oldest = deadLetterFor('MUG', { sequence: 1, ...minutesAgo(50) });
    const newest = deadLetterFor('MUG', { sequence: 2, ...minutesAgo(40) });
    await keep(newest, oldest, deadLetterFor('KETTLE', minutesAgo(5), { reason: 'invalid-json' }));
    const { ended, stdout } = await run(replay([], { reason: 'wrong-marketplace', json: true }));
    expect(ended).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      account: cosmos.endpoint,
      processed: 2,
      notProcessed: 0,
      notTried: 0,
      notFound: [],
      results: [
        { id: oldest.id, productId: 'MUG', result: 'processed', outcome: 'superseded' },
        { id: newest.id, productId: 'MUG', result: 'processed', outcome: 'created' },
      ],
    });
    expect(await keptIds()).toHaveLength(1);
  });

  it('has nothing to do where nothing matches', async () => {
    const { ended, stdout } = await run(replay([], { product: 'NONE' }));
    expect({ ended, stdout }).toEqual({ ended: 0, stdout: `No dead letters at ${cosmos.endpoint} match.\n` });
  });

  it('takes an ID given twice once', async () => {
    await keep(mug);
    const { stdout } = await run(replay([mug.id, mug.id.slice(0, 8)]));
    expect(stdout).toContain('1 dead letter at');
  });

  it('goes on over more than are read at a time', async () => {
    await keep(
      ...Array.from({ length: 40 }, (_, sequence) =>
        deadLetterFor(`MUG-${sequence}`, { sequence, ...minutesAgo(1) }),
      ),
    );
    const { ended, stdout } = await run(replay([], { since: '2000-01-01T00:00:00.000Z' }));
    expect(ended).toBe(0);
    expect(stdout).toContain('40 dead letters');
    expect(stdout).toContain('40 processed (40 created), 0 not.');
    expect(await keptIds()).toEqual([]);
  });

  it('stops when interrupted, and says so', async () => {
    await keep(mug);
    const { ended, stdout } = await run(replay([mug.id]), { interrupt: AbortSignal.abort() });
    expect(ended).toBe(130);
    expect(stdout).toContain('Stopped early: 1 not tried.');
    expect(await keptIds()).toHaveLength(1);
  });

  it('lets in no stranger where the marketplace is not set', async () => {
    await keep(mug);
    const env = { COSMOS_CONNECTION_STRING: cosmos.connectionString };
    const { ended, stdout } = await run(replay([mug.id]), { env });
    expect(ended).toBe(1);
    expect(stdout).toContain('ORDERCLOUD_MARKETPLACE_ID is not set here');
  });

  it('asks before it replays what could bring a deleted product back', async () => {
    const old = deadLetterFor('OLD', minutesAgo(15 * 24 * 60));
    await keep(old);
    const { ended, stdout } = await run(replay([old.id]));
    expect(ended).toBe(1);
    expect(stdout).toContain('older than TOMBSTONE_RETENTION_DAYS (14)');
    expect((await run(replay([old.id], { allowOld: true }))).ended).toBe(0);
  });

  it.each([
    [[], {}, /Name the dead letters by ID/],
    [['00000000'], { product: 'MUG' }, /not by both/],
    [['mug'], {}, /64 hexadecimal digits/],
  ])('of %j with %j is a wrong use', async (ids, flags, error) => {
    expect((await run(replay(ids, flags))).ended).toEqual({
      exitCode: 2,
      error: expect.stringMatching(error),
    });
  });
});

describe('delete', () => {
  const asked: string[] = [];
  const answering = (answer: Confirmation) => async (question: string) => {
    asked.push(question);
    return answer;
  };
  const mug = deadLetterFor('MUG', { sequence: 1 });
  const kettle = deadLetterFor('KETTLE', { sequence: 2 });

  it('shows what it is about, asks, and deletes', async () => {
    await keep(mug, kettle);
    const { ended, stdout, stderr } = await run(remove([mug.id]), { ask: answering('yes') });
    expect(ended).toBe(0);
    expect(stderr).toContain('│ MUG ');
    expect(asked.at(-1)).toContain(`Delete 1 dead letter at ${cosmos.endpoint}?`);
    expect(stdout).toBe(`Deleted 1 dead letter at ${cosmos.endpoint}.\n`);
    expect(await keptIds()).toEqual([kettle.id]);
  });

  it.each([
    ['no', 1],
    ['interrupted', 130],
  ] as [Confirmation, number][])(
    'leaves everything as it is when the answer is %s',
    async (answer, exitCode) => {
      await keep(mug);
      const { ended, stdout } = await run(remove([mug.id]), { ask: answering(answer) });
      expect({ ended, stdout }).toEqual({ ended: exitCode, stdout: 'Nothing was deleted.\n' });
      expect(await keptIds()).toEqual([mug.id]);
    },
  );

  it('needs --yes where there is no terminal', async () => {
    await keep(mug);
    const { ended } = await run(remove([mug.id]));
    expect(ended).toEqual({ exitCode: 2, error: expect.stringContaining('pass --yes') });
    expect(await keptIds()).toEqual([mug.id]);
    expect((await run(remove([mug.id], { yes: true }))).ended).toBe(0);
    expect(await keptIds()).toEqual([]);
  });

  it('deletes what a filter chooses, and reports it as JSON', async () => {
    await keep(mug, kettle);
    const { ended, stdout } = await run(remove([], { product: 'KETTLE', yes: true, json: true }));
    expect(ended).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ account: cosmos.endpoint, deleted: [kettle.id], notFound: [] });
    expect(await keptIds()).toEqual([mug.id]);
  });

  it('fails when one is not there, and asks nothing when none is', async () => {
    await keep(mug);
    const count = asked.length;
    const { ended, stdout } = await run(remove(['00000000']), { ask: answering('yes') });
    expect(ended).toBe(1);
    expect(stdout).toBe(`There is no dead letter 00000000 at ${cosmos.endpoint}.\n`);
    expect(asked).toHaveLength(count);
    expect((await run(remove(['00000000', mug.id], { yes: true }))).ended).toBe(1);
    expect(await keptIds()).toEqual([]);
  });
});

describe('the account', () => {
  it('can be named by local.settings.json, over which the environment wins', async () => {
    const Values = { COSMOS_CONNECTION_STRING: cosmos.connectionString, COSMOS_KEY: '' };
    const folder = await temporaryFolder({ 'local.settings.json': JSON.stringify({ Values }) });
    expect((await run(list(), { env: {}, folder })).ended).toBe(0);
    const env = { COSMOS_DEAD_LETTERS_CONTAINER: 'elsewhere', COSMOS_DATABASE: '' };
    expect((await run(list(), { env, folder })).ended).toEqual({
      exitCode: 1,
      error: `There is no container "products" or "elsewhere" in the database "catalog" at ${cosmos.endpoint}.`,
    });
  });

  it('is the local stack where nothing else is named', async () => {
    const port = Number(new URL(cosmos.endpoint).port);
    expect((await run(list({ cosmosPort: port }), { env: {} })).ended).toBe(0);
    expect((await run(list({ cosmosPort: 1 }), { env: {} })).ended).toEqual({
      exitCode: 1,
      error: 'Nothing listens at http://127.0.0.1:1. Start the local stack with: npm start',
    });
    expect((await run(list({ cosmosPort: port }))).ended).toMatchObject({ exitCode: 2 });
  });

  it.each([
    [{ COSMOS_CONNECTION_STRING: 'hush' }, /COSMOS_CONNECTION_STRING must hold/],
    [
      { COSMOS_ENDPOINT: 'https://nowhere.invalid:443/' },
      /host of https:\/\/nowhere\.invalid cannot be found/,
    ],
    [
      { COSMOS_CONNECTION_STRING: 'AccountEndpoint=http://127.0.0.1:1/;AccountKey=hush-hush;' },
      /^Nothing listens at [^ ]*\.$/,
    ],
  ])('that cannot be used is told in one line: %j', async (env, error) => {
    const { ended } = await run(list(), { env });
    expect(ended).toEqual({ exitCode: 1, error: expect.stringMatching(error) });
    expect(JSON.stringify(ended)).not.toContain('hush');
  });

  it('is not guessed where local.settings.json cannot be read', async () => {
    const folder = await temporaryFolder({ 'local.settings.json': '{' });
    expect((await run(list(), { env: {}, folder })).ended).toEqual({
      exitCode: 1,
      error: 'local.settings.json is not valid JSON.',
    });
  });
});

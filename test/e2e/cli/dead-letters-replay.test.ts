import { describe, expect, it } from 'vitest';
import { deadLetterFor, deadLetterOf } from '../../support/dead-letters.ts';
import { eventHubDelivery } from '../../support/deliveries.ts';
import { runProgram } from '../../support/run-program.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { cosmos, keep, keptIds, list, minutesAgo, remove, replay, run } from './dead-letter-runs.ts';

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
    const interrupt = new AbortController();
    interrupt.abort();
    const { ended, stdout } = await run(replay([mug.id]), { interrupt });
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
    expect(stdout).toContain('older than TOMBSTONE_RETENTION_DAYS');
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
  const mug = deadLetterFor('MUG', { sequence: 1 });
  const kettle = deadLetterFor('KETTLE', { sequence: 2 });

  it('shows what it is about, asks, and deletes', async () => {
    await keep(mug, kettle);
    const { ended, stdout, stderr, questions } = await run(remove([mug.id]), { answer: 'yes' });
    expect(ended).toBe(0);
    expect(stderr).toContain('│ MUG ');
    expect(questions).toEqual([expect.stringContaining(`Delete 1 dead letter at ${cosmos.endpoint}?`)]);
    expect(stdout).toBe(`Deleted 1 dead letter at ${cosmos.endpoint}.\n`);
    expect(await keptIds()).toEqual([kettle.id]);
  });

  it('leaves everything as it is when the answer is no, or Ctrl-C', async () => {
    await keep(mug);
    const refused = await run(remove([mug.id]), { answer: 'no' });
    expect(refused).toMatchObject({ ended: 1, stdout: '' });
    expect(refused.stderr).toContain('Nothing was deleted.');
    const { ended } = await run(remove([mug.id]), { answer: 'interrupted' });
    expect(ended).toEqual({ exitCode: 130, error: 'Interrupted. Nothing was deleted.' });
    expect(await keptIds()).toEqual([mug.id]);
  });

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
    const { ended, stdout, questions } = await run(remove(['00000000']), { answer: 'yes' });
    expect(ended).toBe(1);
    expect(stdout).toBe(`There is no dead letter 00000000 at ${cosmos.endpoint}.\n`);
    expect(questions).toEqual([]);
    expect((await run(remove(['00000000', mug.id], { yes: true }))).ended).toBe(1);
    expect(await keptIds()).toEqual([]);
  });
});

describe('the account', () => {
  it('can be named by local.settings.json, over which the environment wins', async () => {
    // Another key than the local stack's, whose account commands find by themselves.
    const account = cosmos.connectionString.replace(
      /AccountKey=[^;]+/,
      'AccountKey=a2V5LW9mLXRoZS10ZXN0cw==',
    );
    const Values = { COSMOS_CONNECTION_STRING: account, COSMOS_KEY: '' };
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
      error:
        'Nothing listens at http://127.0.0.1:1. Start the local stack with: npm start (or name its port: --cosmos-port)',
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
    expect(await runProgram(['dead-letters', 'list'], { cwd: folder })).toMatchObject({
      code: 1,
      stderr: 'error: local.settings.json is not valid JSON.\n',
    });
  });
});

import { describe, expect, it } from 'vitest';
import type { DeadLetter } from '../../../src/store/dead-letter.ts';
import { deadLetterFor, deadLetterOf } from '../../support/dead-letters.ts';
import { eventHubDelivery, httpDelivery } from '../../support/deliveries.ts';
import { cosmos, issues, keep, list, minutesAgo, run, show } from './dead-letter-runs.ts';

describe('list', () => {
  it('says that there are none', async () => {
    expect(await run(list())).toEqual({
      ended: 0,
      stdout: `No dead letters at ${cosmos.endpoint}.\n`,
      stderr: '',
      questions: [],
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
        '61m',
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
      (await run(list(), { terminal: columns === undefined ? {} : { columns } })).stdout
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
    const { stdout } = await run(list(), { terminal: { columns: 80 } });
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(stdout).toMatch(/│ ID +│ +Age │ Reason +│ Product +│ What is wrong +│/);
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
    const refused = await run(show(kept.id, { body: true }), { terminal: { isTTY: true } });
    expect(refused).toMatchObject({ ended: { exitCode: 2 }, stdout: '' });
    expect(Buffer.from((await run(show(kept.id, { body: true }))).stdout)).toEqual(body);
    const { stdout } = await run(show(kept.id, { json: true }), { terminal: { isTTY: true } });
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

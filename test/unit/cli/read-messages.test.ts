import { chmod, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CommandError } from '../../../cli/common/command-error.ts';
import { readMessages } from '../../../cli/send/read-messages.ts';
import { PRODUCT_UPDATED } from '../../support/deliveries.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const WRAPPED = '{"Headers":{"type":"sitecore.ordercloud.messages.product.updated"},"Payload":';

async function read(
  files: Record<string, string | Uint8Array>,
  paths = ['.'],
  messageType = PRODUCT_UPDATED,
) {
  const folder = await temporaryFolder(files);
  const set = await readMessages(paths, { folder, messageType });
  const messages: [source: string, body: string][] = [];
  for await (const { source, body } of set) messages.push([source, Buffer.from(body).toString('latin1')]);
  expect(set.total).toBe(messages.length);
  return messages;
}

describe('one message in a file', () => {
  it.each([
    ['an envelope', '{ "Headers": { "type": "x" },\r\n  "Payload": { "Price": 1.10 } }\n'],
    ['an envelope in lower case', '{"payload":{}}'],
    ['an envelope after a byte order mark', '\u00ef\u00bb\u00bf{"Payload":{}}'],
    ['a CloudEvent', '{"specversion":"1.0","type":"x","data":{}}'],
    ['text that is not JSON', 'nonsense\n\n'],
    ['cut-off JSON', '{"ProductID":'],
    ['several lines of which one is not JSON', '{"ProductID":"a"}\nnonsense\n'],
    ['bytes that are not UTF-8', '{"ProductID":"\u00e9"}'],
    ['a scalar', '42'],
  ])('sends the exact bytes of %s', async (_, content) => {
    expect(await read({ 'a.json': Buffer.from(content, 'latin1') })).toEqual([['a.json', content]]);
  });

  it('wraps a bare payload without touching its bytes', async () => {
    const payload = '{ "ProductID": "a", "Price": 1.10, "Big": 12345678901234567890, "Odd": 1e400 }\n';
    expect(await read({ 'a.json': payload })).toEqual([['a.json', `${WRAPPED}${payload}}`]]);
  });

  it('leaves out a byte order mark that would stand in the middle', async () => {
    expect(await read({ 'a.json': '\ufeff{"ProductID":"a"}' })).toEqual([
      ['a.json', `${WRAPPED}{"ProductID":"a"}}`],
    ]);
  });

  it('wraps into the type asked for', async () => {
    const [message] = await read(
      { 'a.json': '{"ProductID":"a"}' },
      ['.'],
      'sitecore.ordercloud.messages.product.deleted',
    );
    expect(message?.[1]).toBe(
      '{"Headers":{"type":"sitecore.ordercloud.messages.product.deleted"},"Payload":{"ProductID":"a"}}',
    );
  });
});

describe('several messages in a file', () => {
  it('takes the elements of an array, without what JSON cannot hold', async () => {
    const array = '[ {"ProductID":"a, ]\\"}","n":1e400} , {"Payload":{"x":[1,[2]]}},7,"\u00c3\u00a9" ]\n';
    expect(await read({ 'a.json': Buffer.from(array, 'latin1') })).toEqual([
      ['a.json[0]', `${WRAPPED}{"ProductID":"a, ]\\"}","n":null}}`],
      ['a.json[1]', '{"Payload":{"x":[1,[2]]}}'],
      ['a.json[2]', '7'],
      ['a.json[3]', '"\u00c3\u00a9"'],
    ]);
  });

  it.each(['a.ndjson', 'a.jsonl', 'a.JSONL'])(
    'takes the lines of %s, also bad ones, but not blank ones',
    async (name) => {
      const lines = '{"ProductID":"a"}\r\n\n  \r\n{"Payload":{} }\nnonsense \n{"ProductID":"\u2028"}';
      const messages = await read({ [name]: lines });
      expect(messages.map(([source]) => source)).toEqual([
        `${name}:1`,
        `${name}:4`,
        `${name}:5`,
        `${name}:6`,
      ]);
      expect(messages.map(([, body]) => body)).toEqual([
        `${WRAPPED}{"ProductID":"a"}}`,
        '{"Payload":{} }',
        'nonsense ',
        `${WRAPPED}{"ProductID":"${Buffer.from('\u2028').toString('latin1')}"}}`,
      ]);
    },
  );

  it('knows NDJSON by its content too', async () => {
    const messages = await read({ 'a.json': '{"Payload":{}}\n\n{"ProductID":"b"}\n' });
    expect(messages).toEqual([
      ['a.json:1', '{"Payload":{}}'],
      ['a.json:3', `${WRAPPED}{"ProductID":"b"}}`],
    ]);
  });

  it('puts lines together that are longer than a chunk of the stream', async () => {
    const long = `{"Payload":{"xp":"${'\u00e9'.repeat(400_000)}"}}`;
    const messages = await read({ 'a.ndjson': `${long}\n{"Payload":{}}\n` });
    expect(messages.map(([, body]) => Buffer.from(body, 'latin1').toString('utf8'))).toEqual([
      long,
      '{"Payload":{}}',
    ]);
  });
});

describe('what else people have in files', () => {
  const BODY = '{"ProductID": "REP1", "Name": "T\\u00fcr"}';
  const captured = (more: object = {}) => ({
    SequenceNumber: 1,
    Offset: '0',
    EnqueuedTimeUtc: '11/27/2026 06:00:00 AM',
    SystemProperties: {},
    Properties: { type: 'sitecore.ordercloud.messages.product.updated' },
    Body: BODY,
    ...more,
  });
  const DELETED = { Properties: { type: { string: 'sitecore.ordercloud.messages.product.deleted' } } };

  it.each([
    ['one', captured(), WRAPPED, BODY],
    ['one whose values are named by type', captured({ Body: { bytes: BODY } }), WRAPPED, BODY],
    ['one of a deleted product', captured(DELETED), WRAPPED.replace('updated', 'deleted'), BODY],
    [
      'one that is UTF-8, byte for character',
      captured({ Body: '{"ProductID":"T\u00c3\u00bcr"}' }),
      WRAPPED,
      '{"ProductID":"T\u00c3\u00bcr"}',
    ],
    [
      'one that is a text',
      captured({ Body: '{"ProductID":"T\u00fcr"}' }),
      WRAPPED,
      '{"ProductID":"T\u00c3\u00bcr"}',
    ],
  ])('is an event captured from a hub: %s', async (_, event, before, body) => {
    expect(await read({ 'a.json': JSON.stringify(event) })).toEqual([['a.json', `${before}${body}}`]]);
  });

  it('is an event with an envelope, which goes as it stands, and events by line', async () => {
    const envelope = '{"Headers":{"type":"x"},"Payload":{}}';
    const lines = [captured(), captured({ Body: envelope })].map((event) => JSON.stringify(event));
    expect(await read({ 'a.ndjson': lines.join('\n') })).toEqual([
      ['a.ndjson:1', `${WRAPPED}${BODY}}`],
      ['a.ndjson:2', envelope],
    ]);
  });

  it('is a page of messages', async () => {
    const page = JSON.stringify({ Meta: { Page: 1 }, Items: [{ ProductID: 'a' }, { Payload: {} }] });
    expect(await read({ 'a.json': page })).toEqual([
      ['a.json.Items[0]', `${WRAPPED}{"ProductID":"a"}}`],
      ['a.json.Items[1]', '{"Payload":{}}'],
    ]);
  });

  it.each([
    ['a.json is a product of OrderCloud', { ID: 'bar_towels', Name: 'Bar Towels' }],
    ['a.json.Items[0] is a product of OrderCloud', { Meta: {}, Items: [{ ID: 'bar_towels' }] }],
    ['resync "bar_towels"', [{ ID: 'bar_towels' }]],
  ])('is a product of the API, which is no message: %s', async (told, content) => {
    await expect(read({ 'a.json': JSON.stringify(content), 'b.json': '{"Payload":{}}' })).rejects.toThrow(
      told,
    );
  });

  it.each(['a.json', 'a.ndjson'])('is nothing: %s', async (name) => {
    await expect(read({ [name]: '' })).rejects.toEqual(new CommandError(`${name} is empty.`));
  });
});

describe('files', () => {
  const envelope = '{"Payload":{}}';

  it('are taken from folders by code unit of their names, hidden ones and outcomes left out', async () => {
    const names = [
      'b.json',
      'B.json',
      'a/z.json',
      'a/.h.json',
      '.git/c.json',
      'b.expected.json',
      'n.txt',
      'a10.json',
      'a9.json',
    ];
    const messages = await read(Object.fromEntries(names.map((name) => [name, envelope])));
    expect(messages.map(([source]) => source)).toEqual([
      'B.json',
      'a/z.json',
      'a10.json',
      'a9.json',
      'b.json',
    ]);
  });

  it('are taken in the order given, whatever their extension', async () => {
    const messages = await read({ 'z.txt': envelope, '.h.json': envelope, 'a.json': envelope }, [
      'z.txt',
      '.h.json',
      'a.json',
    ]);
    expect(messages.map(([source]) => source)).toEqual(['z.txt', '.h.json', 'a.json']);
  });

  it('that describe outcomes are no messages, also where a shell names them', async () => {
    const messages = await read({ 'a.json': envelope, 'a.expected.json': '{}' }, [
      'a.expected.json',
      'a.json',
    ]);
    expect(messages).toEqual([['a.json', envelope]]);
  });

  it('can be read again, for repetitions', async () => {
    const folder = await temporaryFolder({ 'a.ndjson': `${envelope}\n${envelope}` });
    const set = await readMessages(['a.ndjson'], { folder, messageType: null });
    for (const _ of [1, 2]) {
      let count = 0;
      for await (const _message of set) count += 1;
      expect(count).toBe(2);
    }
  });

  it.each([
    ['a missing path', ['a.json', 'nowhere'], 'Cannot read nowhere: no such file or directory.'],
    ['a path below a file', ['a.json/b.json'], 'Cannot read a.json/b.json: not a directory.'],
    [
      'no messages',
      ['empty', 'none.ndjson', 'none.json'],
      'There are no messages in empty, none.ndjson, none.json.',
    ],
    ['a device', ['/dev/null'], '/dev/null is neither a file nor a folder.'],
  ])('%s is an error in one line', async (_, paths, message) => {
    const files = { 'a.json': envelope, 'empty/readme.txt': '', 'none.ndjson': '\n\n', 'none.json': '[]' };
    const folder = await temporaryFolder(files);
    await expect(readMessages(paths, { folder, messageType: null })).rejects.toEqual(
      new CommandError(message),
    );
  });

  it('that dangle as links are an error which names them', async () => {
    const folder = await temporaryFolder({ 'a.json': envelope });
    await symlink(join(folder, 'gone.json'), join(folder, 'link.json'));
    await expect(readMessages(['.'], { folder, messageType: null })).rejects.toThrow(
      'Cannot read link.json: no such file',
    );
  });

  it.skipIf(process.getuid?.() === 0)('that may not be read are an error which names them', async () => {
    const folder = await temporaryFolder({ 'a.json': envelope, 'b.json': envelope });
    await chmod(join(folder, 'b.json'), 0o000);
    await expect(readMessages(['.'], { folder, messageType: null })).rejects.toThrow(
      'Cannot read b.json: permission denied.',
    );
  });
});

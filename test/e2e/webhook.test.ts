import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { differencesInAnswers, readSamples } from '../../cli/demo/samples.ts';
import type { Problem, SendResult } from '../../cli/send/transport.ts';

import { LOCAL_WEBHOOK_SECRET } from '../../local/defaults.ts';
import { signatureOf } from '../../src/message/signature.ts';
import { envelope, PRODUCT_DELETED, PRODUCT_UPDATED } from '../support/deliveries.ts';
import { PAYLOAD_MARKER } from '../support/leaks/find-leak.ts';
import { startTestStack, type TestStack } from '../support/stack.ts';

const MEGABYTE = 1024 * 1024;

type Answer = Record<string, unknown> & {
  outcome?: string;
  deadLetterId: string;
  issues?: Problem['issues'];
};

// The host in Azure reads a body with a Content-Length before the app does, and makes other headers of it.
describe.each(['with a Content-Length', 'chunked'])('sent %s', (framing) => {
  let stack: TestStack;
  beforeAll(async () => {
    stack = await startTestStack();
  });
  afterAll(() => stack.close());

  const post = (body: Uint8Array | string, init: RequestInit = {}) =>
    stack.post(body, { ...init, ...(framing === 'chunked' && inChunks(body)) });

  async function posted(body: Uint8Array | string, init?: RequestInit) {
    const response = await post(body, init);
    return { status: response.status, headers: response.headers, body: (await response.json()) as Answer };
  }

  describe('a signed webhook', () => {
    it('becomes a product document, is updated, deleted and created again', async () => {
      const product = (name: string) =>
        envelope({ ProductID: 'GOOSENECK', Name: name, xp: { Color: 'black' } });
      expect(await posted(product('Gooseneck Kettle'))).toMatchObject({
        status: 200,
        body: { outcome: 'created', productId: 'GOOSENECK' },
      });
      expect((await posted(product('Gooseneck Kettle 1 l'))).body.outcome).toBe('updated');
      expect((await posted(product('Gooseneck Kettle 1 l'))).body.outcome).toBe('unchanged');
      expect(await stack.product('GOOSENECK')).toMatchObject({
        name: 'Gooseneck Kettle 1 l',
        xp: { Color: 'black' },
      });
      expect((await posted(envelope({ ProductID: 'GOOSENECK' }, PRODUCT_DELETED))).body.outcome).toBe(
        'deleted',
      );
      expect(await stack.product('GOOSENECK')).toMatchObject({ deleted: true });
      expect((await posted(product('Gooseneck Kettle'))).body.outcome).toBe('created');
    });

    it.each(['Headers', 'headers', 'HEADERS', 'Query', 'code', 'x-oc-hash'])(
      'is known by its signature whatever its body has at %s, and its query',
      async (name) => {
        for (const value of [{ 'x-oc-hash': 'AAAA' }, 'text', '{"a":"b"}', 7, true, [1], null]) {
          const extra = { Headers: { type: PRODUCT_UPDATED }, Payload: { ProductID: 'ODD' }, [name]: value };
          expect((await posted(JSON.stringify(extra))).status).not.toBe(401);
        }
        const bytes = envelope({ ProductID: 'QUERY' });
        const response = await fetch(`${stack.webhookUrl}?${name}=x`, {
          method: 'POST',
          headers: { 'x-oc-hash': signatureOf(bytes, LOCAL_WEBHOOK_SECRET) },
          body: bytes,
          ...(framing === 'chunked' && inChunks(bytes)),
        });
        expect(response.status).toBe(200);
      },
    );

    it('of another type is a success for the sender and is not stored', async () => {
      const answer = await posted(
        envelope({ ProductID: 'IGNORED' }, 'sitecore.ordercloud.messages.order.submitted'),
      );
      expect(answer).toMatchObject({ status: 200, body: { outcome: 'ignored', productId: null } });
      expect(await stack.product('IGNORED')).toBeUndefined();
    });

    it('answers every sample as it says', async () => {
      const samples = readSamples();
      const results: Pick<SendResult, 'status' | 'outcome' | 'problem'>[] = [];
      for (const { body } of samples) {
        const answer = await posted(body);
        const problem = answer.status === 200 ? null : (answer.body as unknown as Problem);
        results.push({ status: answer.status, outcome: answer.body.outcome ?? null, problem });
      }
      expect(differencesInAnswers(samples, results)).toEqual([]);
    });

    it('sent twice at the same instant is stored once, and neither request fails', async () => {
      const bodies = ['first', 'second'].map((name) => envelope({ ProductID: 'SAME-INSTANT', Name: name }));
      const answers = await Promise.all(bodies.map((body) => posted(body)));
      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
      expect(['first', 'second']).toContain((await stack.product('SAME-INSTANT'))?.name);
    });
  });

  describe('a webhook that does not belong', () => {
    it.each([
      ['no signature', { 'x-oc-hash': '' }],
      ['the signature of another secret', { 'x-oc-hash': signatureOf(Buffer.from('{}'), 'guessed') }],
      ['something that is no signature', { 'x-oc-hash': 'AAAA' }],
    ])('with %s is refused, stored nowhere and told nothing', async (_, headers) => {
      const answer = await posted('{"Headers":{}', { headers });
      expect(answer).toMatchObject({
        status: 401,
        body: { status: 401, title: 'Unauthorized', reason: 'bad-signature' },
      });
      expect(answer.headers.get('content-type')).toBe('application/problem+json');
      expect(JSON.stringify(answer.body)).not.toContain('JSON');
    });

    it('is not even parsed: bytes that are no text get the same 401', async () => {
      expect((await posted(Buffer.from([0xff, 0xfe, 0]), { headers: { 'x-oc-hash': 'x' } })).status).toBe(
        401,
      );
    });

    it('by another method is not found', async () => {
      expect((await fetch(stack.webhookUrl)).status).toBe(404);
    });
  });

  describe('a body that is not a message', () => {
    it.each([
      ['empty', '', 'invalid-json'],
      ['broken JSON', '{"Headers":{"type":', 'invalid-json'],
      ['not UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]), 'invalid-json'],
      ['a JSON array', '[{"ProductID":"x"}]', 'missing-type'],
      ['null', 'null', 'missing-type'],
      ['a bare product', '{"ProductID":"BARE"}', 'missing-type'],
      ['an envelope without payload', `{"Headers":{"type":"${PRODUCT_UPDATED}"}}`, 'invalid-message'],
      ['100,000 nested brackets', '['.repeat(100_000) + ']'.repeat(100_000), 'missing-type'],
      ['a payload of 100,000 nested brackets', nestedPayload(100_000), 'invalid-message'],
    ])('%s: is answered and kept as a dead letter', async (_, body, reason) => {
      const answer = await posted(body);
      expect(answer).toMatchObject({
        status: 400,
        body: { status: 400, reason, detail: expect.any(String) },
      });
      expect(answer.headers.get('content-type')).toBe('application/problem+json');
      const kept = await stack.deadLetter(answer.body.deadLetterId);
      expect(kept).toMatchObject({
        reason,
        transport: 'http',
        stream: 'http',
        attempts: 1,
        truncated: false,
      });
      const bytes = Buffer.from(String(kept?.body), kept?.bodyEncoding === 'utf-8' ? 'utf8' : 'base64');
      expect(bytes.equals(Buffer.from(body))).toBe(true);
    });

    it('names every wrong place with what was expected and found', async () => {
      const payload = {
        ProductID: 'WRONG',
        Active: 'yes',
        DefaultPriceSchedule: { PriceBreaks: [{ Price: -1 }] },
      };
      const { status, body } = await posted(envelope(payload));
      expect(status).toBe(400);
      expect(body).toMatchObject({ reason: 'invalid-message', productId: 'WRONG' });
      expect(body.issues).toEqual([
        { path: 'Active', expected: 'true or false', found: 'the string "yes"' },
        { path: 'DefaultPriceSchedule.ID', expected: 'a string that is not empty', found: 'nothing' },
        {
          path: 'DefaultPriceSchedule.PriceBreaks[0].Price',
          expected: 'a decimal number of at least 0',
          found: 'the number -1',
        },
      ]);
    });

    it('is answered 422 when its document would be too large', async () => {
      const body = Buffer.concat([
        Buffer.alloc(0),
        envelope({ ProductID: 'HUGE', xp: { text: 'x'.repeat(2_050_000) } }),
      ]);
      expect(await posted(body)).toMatchObject({
        status: 422,
        body: { reason: 'document-too-large', productId: 'HUGE' },
      });
      expect(await stack.product('HUGE')).toBeUndefined();
    });
  });

  describe('bytes on the wire', () => {
    it('a body over 2 MiB is answered 413, by its length or while it streams', async () => {
      expect((await posted(Buffer.alloc(3 * MEGABYTE, ' '))).status).toBe(413);
      const chunks = async function* () {
        for (let sent = 0; sent < 3; sent += 1) yield Buffer.alloc(MEGABYTE, ' ');
      };
      const body = ReadableStream.from(chunks());
      const response = await fetch(stack.webhookUrl, { method: 'POST', body, duplex: 'half' } as RequestInit);
      expect(response.status).toBe(413);
      expect(await response.json()).toMatchObject({ reason: 'body-too-large' });
    });

    it('a chunked body arrives whole', async () => {
      const bytes = envelope({ ProductID: 'CHUNKED', Name: 'Filter Papers' });
      const body = ReadableStream.from([bytes.subarray(0, 10), bytes.subarray(10, 11), bytes.subarray(11)]);
      const headers = { 'x-oc-hash': signatureOf(bytes, LOCAL_WEBHOOK_SECRET) };
      const response = await fetch(stack.webhookUrl, {
        method: 'POST',
        headers,
        body,
        duplex: 'half',
      } as RequestInit);
      expect([response.status, await response.json()]).toEqual([
        200,
        { outcome: 'created', productId: 'CHUNKED' },
      ]);
    });

    it('a byte order mark is skipped, and the signature is over it', async () => {
      const bytes = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), envelope({ ProductID: 'BOM' })]);
      expect((await posted(bytes)).body).toEqual({ outcome: 'created', productId: 'BOM' });
    });

    it('keys such as __proto__ and constructor are plain data under xp', async () => {
      const xp = '{"__proto__":{"polluted":1},"constructor":{"prototype":2},"hasOwnProperty":3}';
      const body = `{"Headers":{"type":"${PRODUCT_UPDATED}"},"Payload":{"ProductID":"PROTO","__proto__":{"Name":"x"},"xp":${xp}}}`;
      expect((await posted(body)).status).toBe(200);
      const stored = await stack.product('PROTO');
      expect(JSON.stringify(stored?.xp)).toBe(xp);
      expect(stored?.name).toBeNull();
    });

    it('a request aborted half-way leaves nothing behind, and the next one works', async () => {
      const { hostname, port, pathname } = new URL(stack.webhookUrl);
      await new Promise<void>((resolve, reject) => {
        const socket = connect(Number(port), hostname, () => {
          socket.write(
            `POST ${pathname} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n{"Headers":`,
            () => {
              socket.destroy();
              resolve();
            },
          );
        });
        socket.on('error', reject);
      });
      expect((await posted(envelope({ ProductID: 'AFTER-ABORT' }))).status).toBe(200);
    });

    it('a list of a million wrong items is answered with the first fifty', async () => {
      const items = `${'1,'.repeat(950_000)}1`;
      const payload = `{"ProductID":"HOSTILE","PartyPriceSchedules":[${items}]}`;
      const { status, body } = await posted(`{"Headers":{"type":"${PRODUCT_UPDATED}"},"Payload":${payload}}`);
      expect([status, body.issues?.length]).toEqual([400, 50]);
      expect(body.issues?.at(-1)).toEqual({
        path: 'PartyPriceSchedules[49]',
        expected: 'a party price schedule object',
        found: 'the number 1',
      });
    });
  });

  describe('what is told', () => {
    it('no log line and no answer holds payload, secret or stack trace', async () => {
      const marker = PAYLOAD_MARKER.slice(0, 15);
      const long = PAYLOAD_MARKER;
      const answers = [
        await posted(envelope({ ProductID: 'TOLD', Name: long, xp: { [marker]: marker } })),
        await posted(envelope({ ProductID: 'TOLD', Name: { [marker]: marker }, [long]: 1 })),
        await posted(`{"Headers":{"type":"${PRODUCT_UPDATED}"},"Payload":"${long}"}`),
        await posted(`{"${marker}`),
        await posted(envelope({ ProductID: long }, PRODUCT_DELETED), { headers: { 'x-oc-hash': 'wrong' } }),
      ];
      expect(answers.map(({ status }) => status)).toEqual([200, 400, 400, 400, 401]);
      const told = answers.map(({ body }) => JSON.stringify(body)).join('\n');
      expect(told).not.toContain(marker);
      const lines = stack.logLines.join('\n');
      expect(lines).not.toContain(marker);
      expect(lines).not.toContain(LOCAL_WEBHOOK_SECRET);
      expect(`${lines}${told}`).not.toMatch(/\n\s+at |AccountKey/);
      expect(lines).toContain('"productId":"TOLD"');
    });
  });
});

function inChunks(body: Uint8Array | string): object {
  const bytes = Buffer.from(body);
  const half = bytes.length >> 1;
  return { body: ReadableStream.from([bytes.subarray(0, half), bytes.subarray(half)]), duplex: 'half' };
}

function nestedPayload(levels: number): string {
  return `{"Headers":{"type":"${PRODUCT_UPDATED}"},"Payload":{"ProductID":"DEEP","xp":${'['.repeat(levels)}${']'.repeat(levels)}}}`;
}

import { describe, expect, it } from 'vitest';
import { isSignedByOneOf, signatureOf } from '../../../src/message/signature.ts';

// Known answers: printf '%s' BODY | openssl dgst -sha256 -hmac SECRET -binary | base64
const SECRET = 'roastery-secret';
const BODY = Buffer.from(
  '{"Headers":{"type":"sitecore.ordercloud.messages.product.updated"},"Payload":{"ProductID":"AEROPRESS-GO"}}',
);
const SIGNATURE = 'BFgkBmMdjavkaD/hU1VXiYDv8EXBFXGPE4oolVdgukk=';

const ROTATED = Buffer.from('{"Payload":{"ProductID":"AEROPRESS-GO"}}');
const SIGNED_BY_OLD = 'Ju/ikC2OtX2kxVN+j0j2JvAqQVpVLkVowZuS8NtvmEc=';
const SIGNED_BY_NEXT = 'FdgIF1v/DzClX5qmYuV6RXEQg6or6VYiDoEEk3UX0xk=';

describe('known answers of openssl', () => {
  it.each([
    ['an envelope', SECRET, BODY, SIGNATURE],
    [
      'a secret and a body beyond ASCII',
      'Rösterei-Größe-☕',
      Buffer.from('{"Payload":{"Name":"Café crème, 250 g – Äthiopien"}}'),
      'qQpz3SS875dbr5N0Bnhh3XQNRekPs9owjXHqH2qemKE=',
    ],
    ['an empty body', SECRET, Buffer.alloc(0), 'LTf2tBsGtt1nPkpFL7h375/Ng+3kBvJCHTU7J6782Uw='],
    [
      'bytes that are not text',
      SECRET,
      Buffer.from([0x00, 0xff, 0xfe, 0x0d, 0x0a]),
      'aQY2o2ydQodv65Vpv3x267tUSNyaxP0aXHHroqPCoUo=',
    ],
  ])('%s', (_, secret, body, signature) => {
    expect(signatureOf(body, secret)).toBe(signature);
    expect(isSignedByOneOf([secret], body, signature)).toBe(true);
  });
});

describe('a signature', () => {
  it.each([
    ['the first', ['old-secret', 'next-secret'], SIGNED_BY_OLD, true],
    ['the last', ['old-secret', 'next-secret'], SIGNED_BY_NEXT, true],
    ['one in the middle', ['a', 'old-secret', 'b'], SIGNED_BY_OLD, true],
    ['one no longer configured', ['next-secret'], SIGNED_BY_OLD, false],
    ['none, where none is configured', [], SIGNED_BY_OLD, false],
  ])('of several secrets: %s', (_, secrets, signature, expected) => {
    expect(isSignedByOneOf(secrets, ROTATED, signature)).toBe(expected);
  });

  it.each([
    ['is missing', null],
    ['is empty', ''],
    ['is too short', SIGNATURE.slice(0, -1)],
    ['is one character', 'B'],
    ['is too long', `${SIGNATURE}=`],
    ['is very long', SIGNATURE.repeat(1000)],
    ['is wrong in its first character', `C${SIGNATURE.slice(1)}`],
    ['is wrong in its last but one', `${SIGNATURE.slice(0, -2)}l=`],
    ['is in lower case', SIGNATURE.toLowerCase()],
    ['is base64url', SIGNATURE.replaceAll('/', '_')],
    ['is hex', Buffer.from(SIGNATURE, 'base64').toString('hex')],
    ['is another secret’s', SIGNED_BY_OLD],
    ['holds as many characters, but more bytes', `${'é'}${SIGNATURE.slice(1)}`],
  ])('that %s is refused', (_, signature) => {
    expect(isSignedByOneOf([SECRET], BODY, signature)).toBe(false);
  });

  it.each([
    ['a byte more', Buffer.concat([BODY, Buffer.from('\n')])],
    ['a byte less', BODY.subarray(0, -1)],
    ['the same JSON in other bytes', Buffer.from(JSON.stringify(JSON.parse(BODY.toString()), null, 1))],
    ['a byte order mark before it', Buffer.concat([Buffer.from('\ufeff'), BODY])],
  ])('is not valid for %s', (_, body) => {
    expect(isSignedByOneOf([SECRET], body, SIGNATURE)).toBe(false);
  });

  it('takes secrets as they are, with their spaces', () => {
    expect(isSignedByOneOf([` ${SECRET}`], BODY, SIGNATURE)).toBe(false);
    expect(isSignedByOneOf([`${SECRET} `], BODY, SIGNATURE)).toBe(false);
  });
});

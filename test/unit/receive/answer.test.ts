import { describe, expect, it } from 'vitest';
import { answerToRefusal, answerToSettled } from '../../../src/receive/answer.ts';
import { DEAD_LETTER_REASONS } from '../../../src/store/dead-letter.ts';

const ISSUES = [{ path: 'Name', expected: 'a string', found: 'the number 7' }];

describe('an answer to a durable message', () => {
  it.each(['created', 'updated', 'deleted', 'unchanged', 'stale', 'duplicate'] as const)('%s', (outcome) => {
    expect(answerToSettled({ outcome, productId: 'AEROPRESS-GO' })).toEqual({
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: { outcome, productId: 'AEROPRESS-GO' },
    });
  });

  it.each([
    ['cut', 'x'.repeat(101), `${'x'.repeat(100)}…`],
    ['as people can see it', 'order\u200b.submitted', 'order\\u200b.submitted'],
    ['null where there is none', null, null],
  ])('ignored names the type, %s', (_, messageType, shown) => {
    const { body } = answerToSettled({ outcome: 'ignored', productId: null, messageType });
    expect(body).toEqual({ outcome: 'ignored', productId: null, messageType: shown });
  });

  it('ignored', () => {
    expect(answerToSettled({ outcome: 'ignored', productId: null, messageType: 'order.submitted' })).toEqual({
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: { outcome: 'ignored', productId: null, messageType: 'order.submitted' },
    });
  });
});

describe('an answer to a dead letter', () => {
  it.each([
    ['invalid-json', 400, 'Bad Request'],
    ['missing-type', 400, 'Bad Request'],
    ['invalid-message', 400, 'Bad Request'],
    ['unprocessable', 400, 'Bad Request'],
    ['wrong-marketplace', 422, 'Unprocessable Entity'],
    ['document-too-large', 422, 'Unprocessable Entity'],
    ['store-refused', 422, 'Unprocessable Entity'],
  ] as const)('%s', (reason, status, title) => {
    const answer = answerToSettled({
      outcome: 'dead-lettered',
      productId: 'AEROPRESS-GO',
      deadLetterId: '3f9a',
      rejection: {
        reason,
        detail: 'One value is wrong.',
        issues: ISSUES,
        messageType: 'sitecore.ordercloud.messages.product.updated',
        productId: 'AEROPRESS-GO',
      },
    });
    expect(answer).toEqual({
      status,
      headers: { 'content-type': 'application/problem+json' },
      body: {
        type: 'about:blank',
        title,
        status,
        detail: 'One value is wrong.',
        reason,
        productId: 'AEROPRESS-GO',
        issues: ISSUES,
        deadLetterId: '3f9a',
      },
    });
  });

  it('is there for every reason', () => {
    expect([...DEAD_LETTER_REASONS].sort()).toEqual([
      'document-too-large',
      'invalid-json',
      'invalid-message',
      'invalid-time',
      'missing-type',
      'store-refused',
      'unprocessable',
      'wrong-marketplace',
    ]);
  });
});

describe('an answer to a request that was refused', () => {
  it.each([
    ['not-configured', 503, 'Service Unavailable', '60'],
    ['too-many-in-flight', 503, 'Service Unavailable', '1'],
    ['temporarily-unavailable', 503, 'Service Unavailable', '5'],
    // Newer releases of Node say «Content Too Large».
    ['body-too-large', 413, expect.stringMatching(/ Too Large$/), undefined],
    ['bad-signature', 401, 'Unauthorized', undefined],
    ['aborted', 400, 'Bad Request', undefined],
  ] as const)('%s', (reason, status, title, retryAfter) => {
    expect(answerToRefusal(reason)).toEqual({
      status,
      headers: {
        'content-type': 'application/problem+json',
        ...(retryAfter !== undefined && { 'retry-after': retryAfter }),
      },
      body: { type: 'about:blank', title, status, detail: expect.stringMatching(/^\S.+\.$/), reason },
    });
  });

  it('is a new one each time', () => {
    answerToRefusal('not-configured').headers['x-changed'] = 'yes';
    expect(answerToRefusal('not-configured').headers).not.toHaveProperty('x-changed');
  });
});

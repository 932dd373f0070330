import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { LOCAL_WEBHOOK_SECRET } from '../../local/defaults.ts';
import { signatureOf } from '../../src/message/signature.ts';
import { envelope } from '../support/deliveries.ts';
import { answerTo, openPost } from '../support/http-client.ts';
import { startTestStack, type TestStack } from '../support/stack.ts';

const LIMIT = 3;

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack({ env: { MAX_WEBHOOKS_IN_FLIGHT: String(LIMIT) } });
});
afterAll(() => stack.close());

/**
 * A signed webhook of which only the first bytes are sent: it stays in flight for as long as the test wants. Chunked,
 * because the host reads a body of known length itself before it invokes the function.
 */
function halfSent(id: string) {
  const body = envelope({ ProductID: id, Name: id });
  const post = openPost(stack.webhookUrl, {
    headers: { 'x-oc-hash': signatureOf(body, LOCAL_WEBHOOK_SECRET) },
  });
  post.write(body.subarray(0, 10));
  return { post, finish: () => post.end(body.subarray(10)) };
}

/** As many webhooks in flight as are let in, and the answer to one more. */
async function fillPlaces(name: string) {
  const inFlight = Array.from({ length: LIMIT }, (_, index) => halfSent(`${name}-${index}`));
  const answers = inFlight.map(({ post }) => answerTo(post));
  // Until all of them have come in, one more may itself be let in, and waits for the rest of its body.
  const refused = await vi.waitFor(async () => {
    const { post } = halfSent('ONE-MORE');
    const response = once(post, 'response').then(([response]) => response);
    const timer = setTimeout(() => post.destroy(new Error('it was let in')), 1_000);
    try {
      return await response;
    } finally {
      clearTimeout(timer);
    }
  }, 15_000);
  refused.destroy();
  return { inFlight, answers, refused };
}

describe('with as many webhooks in flight as are let in', () => {
  it('one more is answered 503 with Retry-After before its body is sent, and those in flight are not lost', async () => {
    const { inFlight, answers, refused } = await fillPlaces('IN-FLIGHT');
    expect(refused.statusCode).toBe(503);
    expect(refused.headers['retry-after']).toBe('1');
    expect(await stack.product('ONE-MORE')).toBeUndefined();

    for (const { finish } of inFlight) finish();
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200, 200]);
    for (const index of inFlight.keys()) {
      expect(await stack.product(`IN-FLIGHT-${index}`)).toMatchObject({ name: `IN-FLIGHT-${index}` });
    }
    expect((await stack.post(envelope({ ProductID: 'AFTERWARDS' }))).status).toBe(200);
  });

  it('of many at once each is stored or refused, none of the acknowledged is lost, and the next is taken', async () => {
    // One place is left: of sixty that come together one is let in, and others meet it, however fast the store is.
    const { inFlight, answers: held } = await fillPlaces('HELD');
    inFlight[0]?.finish();
    expect((await held[0])?.status).toBe(200);

    const ids = Array.from({ length: 60 }, (_, index) => `BURST-${index}`);
    const answers = await Promise.all(
      ids.map(async (id) => {
        const response = await stack.post(envelope({ ProductID: id, Name: id }));
        return { id, status: response.status, body: (await response.json()) as { reason?: string } };
      }),
    );
    for (const { id, status, body } of answers) {
      const stored = await stack.product(id);
      if (status === 200) expect(stored).toMatchObject({ id, name: id });
      else expect([status, body.reason, stored]).toEqual([503, 'too-many-in-flight', undefined]);
    }
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 503]));

    for (const { finish } of inFlight.slice(1)) finish();
    expect((await Promise.all(held)).map(({ status }) => status)).toEqual([200, 200, 200]);
    expect((await stack.post(envelope({ ProductID: 'AFTER-THE-BURST' }))).status).toBe(200);
  });
});

import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { readEventSamples, readSamples } from '../../cli/demo/samples.ts';
import { findMessageFiles } from '../../cli/send/read-messages.ts';
import { type Offer, type OfferContext, offerFor, type StoredProduct } from '../../src/offer/offer.ts';
import { prepare } from '../../src/sync/prepare.ts';
import { syncBatch } from '../../src/sync/sync-batch.ts';
import { eventHubDelivery, httpDelivery } from '../support/deliveries.ts';
import { recordingLog } from '../support/log.ts';
import { memoryStores } from '../support/memory-stores.ts';
import { syncSettings } from '../support/settings.ts';

const byCodeAndPath = (list: readonly { code: string; path: string }[]) =>
  list.map(({ code, path }) => ({ code, path })).sort((a, b) => (a.code + a.path < b.code + b.path ? -1 : 1));

describe('samples', () => {
  it.each(readSamples())('$name comes out as its expectation says', ({ body, expected }) => {
    const prepared = prepare(httpDelivery(body), null);
    if (expected.outcome === 'ignored') {
      expect(prepared.kind).toBe('ignored');
    } else if (expected.reason !== undefined) {
      if (prepared.kind !== 'rejected') throw new Error(`expected a rejection, got ${prepared.kind}`);
      expect(prepared.rejection.reason).toBe(expected.reason);
      expect(prepared.rejection.productId).toBe(expected.productId);
      expect(prepared.rejection.issues.map(({ path }) => path).sort()).toEqual(
        expected.issues?.map(({ path }) => path).sort(),
      );
    } else {
      if (prepared.kind !== 'change') throw new Error(`expected a change, got ${JSON.stringify(prepared)}`);
      expect(prepared.change.productId).toBe(expected.productId);
      expect(prepared.change.content).toEqual(expected.document);
      // As text too: it tells the order of keys, and an own `__proto__` key, which toEqual overlooks.
      expect(JSON.stringify(prepared.change.content)).toBe(JSON.stringify(expected.document));
      expect(byCodeAndPath(prepared.change.sync.warnings)).toEqual(byCodeAndPath(expected.warnings ?? []));
    }
  });

  it('are all that `send samples` finds: no expectation, event or question goes out as a message', async () => {
    const found = await findMessageFiles(['samples'], process.cwd());
    expect(found).toEqual(readSamples().map(({ name }) => `samples/${name}.json`));
  });
});

const POLICY = { budgetMs: 1_000, firstDelayMs: 1, maxDelayMs: 1 };
const settings = syncSettings({ writeConcurrency: 1 });

it('events with positions come out as their expectations say', async () => {
  const stores = memoryStores();
  for (const { name, event, expected } of readEventSamples()) {
    const { partition, sequence, enqueuedTime: time, properties, body } = event;
    const delivery = eventHubDelivery({ payload: body }, { partition, sequence, time, properties });
    const parts = { ...stores, policy: POLICY, settings, log: recordingLog() };
    const [settled] = (await syncBatch(parts, [delivery])).settled;
    expect([name, settled?.outcome, settled?.productId]).toEqual([
      name,
      expected.outcome,
      expected.productId,
    ]);
    const item = stores.items.get(String(expected.productId));
    if (item === undefined) throw new Error(`${name}: nothing is stored`);
    const { sync: _, ...content } = item;
    if (expected.document === null) expect(Object.keys(content).sort()).toEqual(['deleted', 'id', 'ttl']);
    else expect(content).toEqual(expected.document);
  }
});

describe('questions about offers', () => {
  type Question = {
    title: string;
    /** The sample whose stored document is asked about; null is a product that does not exist. */
    sample: string | null;
    parent: string | null;
    context: OfferContext;
    expected: Partial<Offer>;
  };

  const QUESTIONS = JSON.parse(readFileSync('samples/offers/questions.expected.json', 'utf8')) as Question[];

  function documentOf(sample: string | null): StoredProduct | null {
    return sample && JSON.parse(readFileSync(`samples/${sample}.expected.json`, 'utf8')).document;
  }

  test.each(QUESTIONS)('$title', ({ sample, parent, context, expected }) => {
    const offer = offerFor(documentOf(sample), { ...context, parent: documentOf(parent) });
    const told = Object.keys(expected).map((property) => [property, offer[property as keyof Offer]]);
    expect(Object.fromEntries(told)).toEqual(expected);
  });

  test('there are at least 20 questions, each of which expects something', () => {
    expect(
      QUESTIONS.filter(({ expected }) => Object.keys(expected).length > 0).length,
    ).toBeGreaterThanOrEqual(20);
  });
});

import { describe, expect, it } from 'vitest';
import { readSamples } from '../../../cli/demo/samples.ts';
import { findMessageFiles } from '../../../cli/send/read-messages.ts';
import { prepare } from '../../../src/sync/prepare.ts';
import { httpDelivery } from '../../support/deliveries.ts';

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

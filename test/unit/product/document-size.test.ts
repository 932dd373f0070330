import { describe, expect, it } from 'vitest';
import { prepare } from '../../../src/sync/prepare.ts';
import { eventHubDelivery } from '../../support/deliveries.ts';

const MAX_BYTES = 2_000_000;
const prepared = (product: object) =>
  prepare(eventHubDelivery({ payload: { ProductID: 'CHEMEX-6', ...product } }), null);

function bytesOf(product: object): number {
  const result = prepared(product);
  if (result.kind !== 'change') throw new Error(`expected a change, got ${result.kind}`);
  const { content, sync } = result.change;
  return Buffer.byteLength(JSON.stringify({ ...content, sync }));
}

/** A product whose document comes to exactly so many bytes: two for each é. */
function productOf(bytes: number) {
  const rest = bytes - bytesOf({ Description: '' });
  return { Description: 'é'.repeat(Math.floor(rest / 2)) + 'e'.repeat(rest % 2) };
}

describe('a document', () => {
  it('of 2,000,000 bytes of JSON can be stored', () => {
    expect(bytesOf(productOf(MAX_BYTES))).toBe(MAX_BYTES);
  });

  it('of one byte more is a dead letter', () => {
    const { Description } = productOf(MAX_BYTES);
    expect(prepared({ Description: `${Description}e` })).toEqual({
      kind: 'rejected',
      rejection: {
        reason: 'document-too-large',
        detail: expect.stringContaining('at most 2000000 bytes'),
        issues: [],
        messageType: 'sitecore.ordercloud.messages.product.updated',
        productId: 'CHEMEX-6',
      },
    });
  });

  it('is measured with its mark and warnings', () => {
    const { Description } = productOf(MAX_BYTES);
    expect(prepared({ Description, Categories: [] })).toMatchObject({ kind: 'change' });
    const shorter = Description.slice(0, -30);
    expect(prepared({ Description: shorter })).toMatchObject({ kind: 'change' });
    expect(prepared({ Description: shorter, SpecCount: 1 })).toMatchObject({
      kind: 'rejected',
      rejection: { reason: 'document-too-large' },
    });
  });

  it('is measured as JSON, where a control character takes six bytes', () => {
    expect(prepared({ Description: '\u0001'.repeat(333_000) })).toMatchObject({ kind: 'change' });
    expect(prepared({ Description: '\u0001'.repeat(334_000) })).toMatchObject({ kind: 'rejected' });
  });

  it('is measured however much smaller its message is: 12 bytes of a spec become 180', () => {
    const specs = (count: number) => ({
      Specs: Array.from({ length: count }, (_, index) => ({ ID: index.toString(36) })),
    });
    const bytesOfSpec = bytesOf(specs(10_001)) - bytesOf(specs(10_000));
    const fitting = 10_000 + Math.floor((MAX_BYTES - bytesOf(specs(10_000))) / bytesOfSpec);
    expect(bytesOf(specs(fitting))).toBeGreaterThan(MAX_BYTES - bytesOfSpec);
    expect(bytesOf(specs(fitting))).toBeLessThanOrEqual(MAX_BYTES);
    expect(prepared(specs(fitting + 1))).toMatchObject({
      kind: 'rejected',
      rejection: { reason: 'document-too-large' },
    });
  });
});

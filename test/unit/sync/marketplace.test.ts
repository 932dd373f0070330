import { describe, expect, it } from 'vitest';
import { prepare } from '../../../src/sync/prepare.ts';
import { envelope, eventHubDelivery, httpDelivery } from '../../support/deliveries.ts';

it('a marketplace is the same in another case, and stored as it came', () => {
  const delivery = eventHubDelivery({ payload: { ProductID: 'CASE', Marketplace: 'Roastery' } });
  expect(prepare(delivery, 'roastery')).toMatchObject({
    kind: 'change',
    change: { content: { marketplace: 'Roastery' } },
  });
});

describe('an empty Marketplace names none', () => {
  const payload = { ProductID: 'TAMPER', Marketplace: '' };
  it('so the message is not of another one, and the configured one is stored', () => {
    expect(prepare(eventHubDelivery({ payload }), 'roastery')).toMatchObject({
      kind: 'change',
      change: { content: { marketplace: 'roastery' } },
    });
  });

  it('so the envelope decides', () => {
    const body = envelope(payload, undefined, { marketplace: 'importer' });
    expect(prepare(httpDelivery(body), 'roastery')).toMatchObject({
      kind: 'rejected',
      rejection: { reason: 'wrong-marketplace' },
    });
    expect(prepare(httpDelivery(body), null)).toMatchObject({
      change: { content: { marketplace: 'importer' } },
    });
  });
});

import { expect, it } from 'vitest';
import { fromKafkaBatch } from '../../functions/kafka-batch.ts';
import { prepare } from '../../src/sync/prepare.ts';
import { eventHubDelivery, PRODUCT_UPDATED } from '../support/deliveries.ts';

const record = (Timestamp: unknown) => ({
  Topic: 'products',
  Partition: 0,
  Offset: 1,
  Timestamp,
  Key: 'MUG',
  Value: '{"ProductID":"MUG"}',
  Headers: [{ Key: 'type', Value: Buffer.from(PRODUCT_UPDATED).toString('base64') }],
});

it.each([
  ['0', 'the beginning of time', '1970-01-01T00:00:00.000Z'],
  ['none', 'nothing', undefined],
  ['9999', 'the last year', '9999-12-31T23:59:59.999Z'],
  ['10000', 'a year that would not sort', '+010000-01-01T00:00:00.000Z'],
  ['escape', 'a command for a terminal', '\u001b[2J'],
])('no timestamp freezes a product, or holds its partition: %s, %s', (_, __, timestamp) => {
  const [delivery, neighbour] = fromKafkaBatch([record(timestamp), record(new Date().toISOString())]) ?? [];
  if (!delivery || !neighbour) throw new Error('two records make two deliveries');
  const prepared = prepare(delivery, null);
  expect(prepared).toMatchObject({
    kind: 'rejected',
    rejection: { reason: 'invalid-time', productId: 'MUG' },
  });
  expect(prepared.kind === 'rejected' && prepared.rejection.detail).not.toContain('\u001b');
  expect(prepare(neighbour, null)).toMatchObject({ kind: 'change' });
});

it('a clock of ours that is late makes no event of a hub a dead letter', () => {
  const position = { time: '2026-11-22T12:00:00.000Z', receivedAt: '2026-11-22T11:00:00.000Z' };
  expect(prepare(eventHubDelivery({ payload: { ProductID: 'MUG' } }, position), null)).toMatchObject({
    kind: 'change',
  });
});

import { expect, test } from 'vitest';
import { findPartition, findReceivers, openHub, requireHub } from '../../../../local/event-hubs/hub.ts';

test('the hub and its consumer groups are found without case, others refused', () => {
  const hub = openHub({ name: 'products', partitionCount: 4, consumerGroups: ['Search'] });
  const partition = findPartition(hub, '3');
  expect(findReceivers(hub, partition, 'SEARCH')).toBe(findReceivers(hub, partition, 'search'));
  expect(findReceivers(hub, partition, '$default')).not.toBe(findReceivers(hub, partition, 'search'));
  expect(() => requireHub(hub, 'PRODUCTS')).not.toThrow();
  const notFound = expect.objectContaining({ condition: 'amqp:not-found' });
  expect(() => requireHub(hub, 'orders')).toThrow(notFound);
  expect(() => findReceivers(hub, partition, 'other')).toThrow(notFound);
  const outOfRange = expect.objectContaining({ condition: 'com.microsoft:argument-out-of-range' });
  for (const id of ['4', '-1', '03', 'x']) expect(() => findPartition(hub, id)).toThrow(outOfRange);
});

import { expect, test } from 'vitest';
import {
  findHub,
  findPartition,
  findReceivers,
  openNamespace,
} from '../../../../local/event-hubs/namespace.ts';

test('hubs and consumer groups are found without case, unknown ones refused', () => {
  const namespace = openNamespace(
    [{ name: 'products', partitionCount: 4, consumerGroups: ['Search'] }],
    1_000,
  );
  const hub = findHub(namespace, 'PRODUCTS');
  const partition = findPartition(hub, '3');
  expect(findReceivers(hub, partition, 'SEARCH')).toBe(findReceivers(hub, partition, 'search'));
  expect(findReceivers(hub, partition, '$default')).not.toBe(findReceivers(hub, partition, 'search'));
  const notFound = expect.objectContaining({ condition: 'amqp:not-found' });
  expect(() => findHub(namespace, 'orders')).toThrow(notFound);
  expect(() => findReceivers(hub, partition, 'other')).toThrow(notFound);
  const outOfRange = expect.objectContaining({ condition: 'com.microsoft:argument-out-of-range' });
  for (const id of ['4', '-1', '03', 'x']) expect(() => findPartition(hub, id)).toThrow(outOfRange);
});

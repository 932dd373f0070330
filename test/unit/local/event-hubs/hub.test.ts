import { expect, test, vi } from 'vitest';
import { findPartition, findReceivers, openHub, requireHub } from '../../../../local/event-hubs/hub.ts';
import { Receivers } from '../../../../local/event-hubs/receivers.ts';

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

function receiver(epoch?: number) {
  return { epoch, detach: vi.fn() };
}

const STOLEN = expect.objectContaining({ condition: 'amqp:link:stolen' });

test.each([
  [0, 1],
  [1, 1],
  [undefined, 0],
])('a receiver with epoch %s gives way to one with %s', (older, newer) => {
  const receivers = new Receivers();
  const first = receiver(older);
  receivers.admit(first);
  receivers.admit(receiver(newer));
  expect(first.detach).toHaveBeenCalledExactlyOnceWith(STOLEN);
});

test.each([
  [2, 1],
  [0, undefined],
])('a receiver with epoch %s keeps out one with %s', (older, newer) => {
  const receivers = new Receivers();
  const first = receiver(older);
  receivers.admit(first);
  expect(() => receivers.admit(receiver(newer))).toThrow(STOLEN);
  expect(first.detach).not.toHaveBeenCalled();
});

test('an epoch takes the partition from all who share it, and binds only while its receiver is there', () => {
  const receivers = new Receivers();
  const sharing = [receiver(), receiver()];
  for (const one of sharing) receivers.admit(one);
  const owner = receiver(5);
  receivers.admit(owner);
  for (const one of sharing) expect(one.detach).toHaveBeenCalledOnce();
  receivers.release(owner);
  receivers.admit(receiver(1));
  expect(owner.detach).not.toHaveBeenCalled();
});

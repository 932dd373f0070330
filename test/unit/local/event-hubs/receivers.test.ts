import { expect, test, vi } from 'vitest';
import { Receivers } from '../../../../local/event-hubs/receivers.ts';

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

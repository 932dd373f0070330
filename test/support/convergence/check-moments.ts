import type { ProductItem } from '../../../src/product/document.ts';
import type { Settled } from '../../../src/sync/settled.ts';
import { identityOf, identityOfMessage } from './dead-letter-identity.ts';
import type { Message } from './history.ts';
import { isAfter, isDecodable, isStorable, type Ordered, ordered } from './order.ts';
import { itemAsText, messageAsText } from './story.ts';
import { broken, type World } from './world.ts';

/** The message that an item was written from; null when somebody wrote it by hand. */
function writerOf(world: World, item: ProductItem | undefined): Ordered | null {
  const message = item?.sync && world.receipts.get(item.sync.receivedAt);
  return message ? { message, time: Date.parse(item.sync.time) } : null;
}

/** Looked at whenever a write has happened. */
export function checkMarkMoved(world: World, before: ProductItem | undefined, after: ProductItem): void {
  const is = writerOf(world, after);
  const was = writerOf(world, before);
  if (world.endOnly || is === null || was === null) return;
  const areWebhooks = [is, was].every(({ message }) => message.stream.transport === 'http');
  const isForward = isAfter(is, was) || (areWebhooks && is.time === was.time);
  if (isForward && is.time >= was.time) return;
  broken(
    world,
    'marks never move backwards',
    `${after.id} was ${itemAsText(world, before)}\n  and was overwritten by ${itemAsText(world, after)}`,
  );
}

/** Looked at in the very moment in which syncBatch names an outcome: from then on nobody need deliver it again. */
export function checkIsDurable(world: World, message: Message, settled: Settled | undefined): void {
  if (world.endOnly || isDurable(world, message, settled)) return;
  const { productId } = message;
  const stored = itemAsText(world, world.database.items.get(productId));
  broken(
    world,
    'no message is acknowledged before its outcome is durable',
    `${messageAsText(message)}\n  was acknowledged as ${settled?.outcome}, but ${productId} is ${stored}`,
  );
}

function isDurable(world: World, message: Message, settled: Settled | undefined): boolean {
  switch (message.kind) {
    case 'ignored':
      return settled?.outcome === 'ignored';
    case 'invalid':
      return hasDeadLetter(world, message);
    case 'refused':
      return hasDeadLetter(world, message) || isCovered(world, message);
    case 'update':
    case 'delete':
      return isCovered(world, message);
  }
}

/** Whether what is stored is this message, or a newer one. */
export function isCovered(world: World, message: Message): boolean {
  const stored = writerOf(world, world.database.items.get(message.productId));
  if (stored === null || !isDecodable(message)) return false;
  return !isAfter(ordered(message, world.history.messages, isStorable), stored);
}

function hasDeadLetter({ database }: World, message: Message): boolean {
  const sought = identityOfMessage(message);
  for (const deadLetter of database.deadLetterItems.values()) {
    if (identityOf(deadLetter) === sought) return true;
  }
  return false;
}

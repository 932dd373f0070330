import type { ProductItem } from '../../../src/product/document.ts';
import type { DeadLetter } from '../../../src/store/dead-letter.ts';
import { messagesOf } from './broker.ts';
import { isCovered } from './check-moments.ts';
import { identityOf, identityOfMessage } from './dead-letter-identity.ts';
import { instant, type Message } from './history.ts';
import { isAfter, isDecodable, isStorable, type Ordered, ordered } from './order.ts';
import { itemAsText, messageAsText } from './story.ts';
import { broken, type World } from './world.ts';

/** Looked at when all is over. */
export function checkEnd(world: World): void {
  const all = messagesOf(world);
  const left = all.find((message) => !world.broker.acknowledged.has(message));
  if (left !== undefined) {
    broken(world, 'every message is settled once the faults are over', `${messageAsText(left)} is left over`);
  }
  for (const productId of new Set(all.map((message) => message.productId))) {
    checkProduct(world, productId, all);
  }
  checkDeadLetters(world, all);
}

function checkProduct(world: World, productId: string, all: readonly Message[]): void {
  const newest = newestOf(world, productId, all);
  const item = world.database.items.get(productId);
  const isAsExpected =
    newest.length === 0
      ? item === undefined || !item.sync
      : item !== undefined && newest.some((message) => isWrittenFrom(item, message, all));
  if (isAsExpected) return;
  const expected = newest.length === 0 ? 'as it was before' : newest.map(messageAsText).join('\n  or ');
  broken(
    world,
    'the stored state ends as the newest storable message says',
    `${productId} is ${itemAsText(world, item)}\n  and must be ${expected}`,
  );
}

/** The newest storable message of a product; several where webhooks of one instant were under way together. */
function newestOf(world: World, productId: string, all: readonly Message[]): Message[] {
  const candidates = all
    .filter((message) => message.productId === productId && isStorable(message))
    .map((message) => ordered(message, all, isStorable));
  const newest = candidates.filter((each) => !candidates.some((other) => isAfter(other, each)));
  return newest.map(({ message }) => message).filter((message) => !hasLaterArrival(world, message, newest));
}

/** «At equal times, on `http` the later arrival»: one that began when this one had been answered. */
function hasLaterArrival({ broker }: World, message: Message, tied: readonly Ordered[]): boolean {
  const webhookOf = (sought: Message) => broker.webhooks.find((webhook) => webhook.message === sought);
  const answered = webhookOf(message)?.answered ?? Number.POSITIVE_INFINITY;
  return tied.some((other) => (webhookOf(other.message)?.began ?? -1) >= answered);
}

function isWrittenFrom(item: ProductItem, message: Message, all: readonly Message[]): boolean {
  const { kind, name, stream, sequence } = message;
  const isOfKind =
    kind === 'delete'
      ? 'deleted' in item && Object.keys(item).sort().join() === 'deleted,id,sync,ttl'
      : !('deleted' in item) && item.name === name;
  return (
    isOfKind &&
    item.sync?.stream === stream.name &&
    item.sync.sequence === sequence &&
    item.sync.time >= instant(ordered(message, all, isStorable).time) &&
    // A refused message lends its time to the next of its stream if both came in one batch.
    item.sync.time <= instant(ordered(message, all, isDecodable).time)
  );
}

function checkDeadLetters(world: World, all: readonly Message[]): void {
  const property = 'each invalid or refused message is dead-lettered exactly once';
  const unexplained = new Set(world.database.deadLetterItems.values());
  const takeAll = (identity: string): DeadLetter[] => {
    const taken = [...unexplained].filter((deadLetter) => identityOf(deadLetter) === identity);
    for (const deadLetter of taken) unexplained.delete(deadLetter);
    return taken;
  };

  const seen = new Set<string>();
  for (const message of all) {
    const identity = identityOfMessage(message);
    if (isStorable(message) || message.kind === 'ignored' || seen.has(identity)) continue;
    seen.add(identity);
    const found = takeAll(identity);
    const isRefused = message.kind === 'refused';
    // A refused message need not have been tried, when a newer one was stored instead.
    const least = isRefused && isCovered(world, message) ? 0 : 1;
    if (found.length < least || found.length > 1) {
      broken(world, property, `${messageAsText(message)} has ${found.length} dead letters`);
    }
    if (found.some(({ reason }) => (reason === 'store-refused') !== isRefused)) {
      broken(world, property, `${messageAsText(message)} has the reason ${found[0]?.reason}`);
    }
  }
  for (const each of unexplained) broken(world, property, `nobody sent the message of ${identityOf(each)}`);
}

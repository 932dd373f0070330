import type { ProductItem } from '../../../src/product/document.ts';
import type { Settled } from '../../../src/sync/settled.ts';
import { type Message, WINDOW } from './history.ts';
import { isTombstone } from './kafka-delivery.ts';
import { isDecodable } from './order.ts';
import type { Batch } from './transports.ts';
import type { Run, World } from './world.ts';

/** What the messages of a history hold, before anything happens to them. */
export function noteMessages(world: World): void {
  const valid = world.history.messages.filter(isDecodable);
  const inPairs = (holds: (later: Message, earlier: Message) => boolean) =>
    valid.some((later, index) =>
      valid.slice(0, index).some((earlier) => earlier.productId === later.productId && holds(later, earlier)),
    );
  const areOfStream = (a: Message, b: Message) => a.stream === b.stream && a.sequence !== null;
  if (inPairs((a, b) => areOfStream(a, b) && a.time < b.time)) world.saw('times running back on a stream');
  const areOnKafka = (...both: Message[]) => both.every(({ stream }) => stream.transport === 'kafka');
  if (inPairs((a, b) => areOnKafka(a, b) && a.stream === b.stream && a.time < b.time)) {
    world.saw('times running back on a Kafka partition');
  }
  if (inPairs((a, b) => areOnKafka(a, b) && a.stream !== b.stream)) {
    world.saw('a product by several Kafka partitions');
  }
  if (inPairs((a, b) => areOfStream(a, b) && Math.abs(a.time - b.time) === WINDOW)) {
    world.saw('times exactly five minutes apart');
  }
  if (inPairs((a, b) => areOfStream(a, b) && (a.sequence ?? 0) <= (b.sequence ?? 0))) {
    world.saw('a stream recreated');
  }
  if (inPairs((a, b) => a.stream !== b.stream)) world.saw('a product by several streams');
  if (inPairs((a, b) => a.stream !== b.stream && a.time === b.time)) {
    world.saw('two streams at the same instant');
  }
  if (inPairs((a, b) => a.stream === b.stream && a.sequence === null && a.time === b.time)) {
    world.saw('webhooks at the same instant');
  }
  if (world.contested.size > 0) world.saw('clocks that disagree');
}

/** A batch that begins. */
export function noteBatch(world: World, { messages }: Batch): void {
  if (messages.some((message) => world.broker.acknowledged.has(message))) world.saw('redelivered messages');
  const onKafka = messages.filter(({ stream }) => stream.transport === 'kafka');
  if (new Set(onKafka.map(({ stream }) => stream)).size > 1) world.saw('a batch of several Kafka partitions');
  if (onKafka.some(isTombstone)) world.saw('a null value on Kafka');
}

/** A write that happened. */
export function noteWrite(world: World, before: ProductItem | undefined, after: ProductItem): void {
  const written = world.receipts.get(after.sync.receivedAt);
  if (written !== undefined && Date.parse(after.sync.time) > written.time) {
    world.saw('a mark that kept a later time');
  }
  if (before === undefined) return;
  if (!before.sync) world.saw('a hand-written item replaced');
  if ('deleted' in before && !('deleted' in after)) world.saw('a product created again after its delete');
}

/** A write that its condition prevented. */
export function noteLostRace(world: World, run: Run, productId: string): void {
  world.saw('a lost race');
  if (!run.read.has(productId)) {
    world.saw('a write on the ground of what was remembered, prevented by its condition');
  }
  if (run.misled.has(productId)) {
    world.saw('a write on the ground of an old read, prevented by its condition');
  }
  const lost = (run.racesLost.get(productId) ?? 0) + 1;
  run.racesLost.set(productId, lost);
  if (lost === 5) world.saw('five races lost in a row');
}

export function noteOutcomes(world: World, { messages }: Batch, settled: readonly Settled[]): void {
  for (const [index, message] of messages.entries()) {
    const outcome = settled[index]?.outcome;
    if (outcome === undefined) continue;
    world.saw(outcome);
    const stored = world.database.items.get(message.productId);
    if (outcome === 'stale' && message.kind === 'update' && stored && 'deleted' in stored) {
      world.saw('a late update kept out by a tombstone');
    }
    if (outcome === 'dead-lettered' && message.kind === 'refused') {
      const isOther = (other: Message) => other.productId === message.productId && other.kind !== 'refused';
      if (messages.some((other, at) => isOther(other) && WRITTEN.has(settled[at]?.outcome))) {
        world.saw('a refused message, and its predecessor written');
      }
    }
  }
}

const WRITTEN = new Set<Settled['outcome'] | undefined>(['created', 'updated', 'deleted', 'unchanged']);

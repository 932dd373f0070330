import type { History, Message } from './history.ts';
import type { Batch, Broker, Partition, Range, Webhook } from './transports.ts';
import type { Process, World } from './world.ts';

export function openBroker({ messages }: History): Broker {
  const partitions = new Map<string, Partition>();
  const broker: Broker = { partitions: [], pool: [], webhooks: [], acknowledged: new Set() };
  for (const message of messages) {
    const { name, delivery } = message.stream;
    if (delivery === 'once each') {
      broker.webhooks.push({ message, state: 'waiting', timesSent: 1, began: 0, answered: 0 });
    } else if (delivery === 'in any order') {
      broker.pool.push(message);
    } else {
      const known = partitions.get(name);
      if (known === undefined) partitions.set(name, { name, log: [message], checkpoint: 0, delivered: [] });
      else known.log.push(message);
    }
  }
  broker.partitions = [...partitions.values()];
  return broker;
}

/** All messages that count in the end. A webhook that was sent again counts as the new message only. */
export function messagesOf({ broker, history }: World): Message[] {
  const sent = history.messages.filter(({ stream }) => stream.delivery !== 'once each');
  return [...sent, ...broker.webhooks.map(({ message }) => message)];
}

/** The next messages of a partition, from where this process stands. */
export function nextOf(world: World, partition: Partition, process: Process, size: number): Batch {
  const from = process.cursors.get(partition.name) ?? partition.checkpoint;
  const to = Math.min(partition.log.length, from + size);
  noteRange(world, partition, process, { from, to });
  return {
    from: partition.name,
    messages: partition.log.slice(from, to),
    onAcknowledged() {
      partition.checkpoint = Math.max(partition.checkpoint, to);
      process.cursors.set(partition.name, to);
    },
    onFailed() {},
  };
}

function noteRange(world: World, { name, delivered }: Partition, process: Process, range: Range): void {
  const isAsBefore = delivered.some(({ from, to }) => from === range.from && to === range.to);
  const overlaps = delivered.some(({ from, to }) => from < range.to && range.from < to);
  if (overlaps && !isAsBefore) world.saw('a batch cut anew');
  delivered.push(range);
  const isOwnedByAnother = world.processes.some(
    (other) => other !== process && other.run?.batch.messages.some(({ stream }) => stream.name === name),
  );
  if (isOwnedByAnother) world.saw('two owners of a partition at once');
}

/** What comes of several partitions at once. */
export function joined(world: World, batches: Batch[]): Batch {
  return {
    ...scattered(
      world,
      batches.flatMap(({ messages }) => messages),
    ),
    from: batches.map(({ from }) => from).join(' and '),
    onAcknowledged() {
      for (const batch of batches) batch.onAcknowledged();
    },
  };
}

/** Any messages of the pool, the same one more than once if it comes to that. */
export function scattered(world: World, messages: Message[]): Batch {
  if (new Set(messages).size < messages.length) world.saw('a message twice in a batch');
  const streams = new Set(messages.map(({ stream }) => stream.name));
  if (streams.size > 1) world.saw('a batch of several streams');
  return { from: [...streams].join(' and '), messages, onAcknowledged() {}, onFailed() {} };
}

const SENT_AGAIN_AFTER = 1_000;

/** A webhook. Without a good answer it is sent again, which «counts as new»: a later message of the same body. */
export function sent(world: World, webhook: Webhook): Batch {
  webhook.state = 'in flight';
  webhook.began = world.receipts.size;
  return {
    from: 'HTTP',
    messages: [webhook.message],
    onAcknowledged() {
      webhook.state = 'answered';
      webhook.answered = world.receipts.size;
    },
    onFailed() {
      world.saw('a webhook sent again');
      const { message, timesSent } = webhook;
      const label = `${message.label.split(' ')[0]} (sent for the ${timesSent + 1}. time)`;
      webhook.message = { ...message, label, time: message.time + SENT_AGAIN_AFTER };
      webhook.state = 'waiting';
      webhook.timesSent += 1;
    },
  };
}

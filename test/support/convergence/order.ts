import type { Message } from './history.ts';

/**
 * The contract's order of messages, written down a second time and on purpose without src/sync: there two marks are
 * compared as they come by; here the whole history is known, and each message has one place in one line. That such
 * a line exists is what the contract's limits are for.
 *
 * Along a stream messages are in the order of its log. Between streams the later time counts, and at equal times
 * the greater name. A stream's time may run back a little; a message therefore counts with the latest time that its
 * product has reached on that stream.
 */
export function isAfter(a: Ordered, b: Ordered): boolean {
  if (a.message.stream === b.message.stream && a.message.stream.transport !== 'http') {
    return a.message.place > b.message.place;
  }
  if (a.time !== b.time) return a.time > b.time;
  // Webhooks of one instant are left undecided here: the later arrival wins, which positions do not tell.
  return a.message.stream.name > b.message.stream.name;
}

/** A message with the time it counts with. */
export type Ordered = { message: Message; time: number };

/** A message with the latest time that the product's messages have reached up to it, on its stream. */
export function ordered(
  message: Message,
  all: readonly Message[],
  counts: (other: Message) => boolean,
): Ordered {
  if (message.stream.transport === 'http') return { message, time: message.time };
  let { time } = message;
  for (const other of all) {
    const isBefore =
      other.stream === message.stream && other.productId === message.productId && other.place < message.place;
    if (isBefore && other.time > time && counts(other)) ({ time } = other);
  }
  return { message, time };
}

export const isStorable = ({ kind }: Message): boolean => kind === 'update' || kind === 'delete';

/** Valid, whether or not the store will take it. */
export const isDecodable = (message: Message): boolean => isStorable(message) || message.kind === 'refused';

/**
 * Whether a product's messages come by several streams, and run back in time on one of them. Then its streams
 * contradict each other: m2 may be newer than m1 by its sequence, m1 newer than another stream's x by its time, and
 * x newer than m2. The write rule still settles this if every read is fresh. With an old read it cannot: m2 is
 * compared with x, found stale, and never written. So for these products reads are fresh.
 */
export function clocksDisagree(productId: string, all: readonly Message[]): boolean {
  const own = all.filter((message) => message.productId === productId && isDecodable(message));
  const streams = new Set(own.map(({ stream }) => stream));
  if (streams.size < 2) return false;
  return own.some((message) => ordered(message, own, isDecodable).time > message.time);
}

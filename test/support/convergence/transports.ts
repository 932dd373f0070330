import type { Message } from './history.ts';

/** What the transports hold, and how far it was acknowledged. */
export type Broker = {
  /** Streams that are first delivered in order. */
  partitions: Partition[];
  /** Messages of streams that may be delivered in any order, as often as you like. */
  pool: Message[];
  webhooks: Webhook[];
  acknowledged: Set<Message>;
};

export type Partition = {
  name: string;
  log: Message[];
  /** All before it were acknowledged by some owner: nobody starts later than here. */
  checkpoint: number;
  /** Ranges that were delivered, to tell when one is cut anew. */
  delivered: Range[];
};

export type Range = { from: number; to: number };

/** A message on its way by HTTP. */
export type Webhook = {
  message: Message;
  state: 'waiting' | 'in flight' | 'answered';
  timesSent: number;
  /** Numbers of deliveries before it was handed to the app, and before it was answered: they order equal instants. */
  began: number;
  answered: number;
};

/** Messages that are delivered together, and what their transport does then. */
export type Batch = {
  from: string;
  messages: Message[];
  onAcknowledged(): void;
  /** It failed, or its process died. Brokers deliver again of themselves; a webhook is sent again. */
  onFailed(): void;
};

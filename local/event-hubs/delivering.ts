import type { Socket } from 'node:net';
import type { Sender } from 'rhea';
import type { PartitionLog } from './partition-log.ts';
import type { ActiveReceiver } from './receivers.ts';
import { type Refusal, toRefusal } from './refusal.ts';
import { roomToSend } from './rhea-server.ts';
import { type StoredEvent, withLastEnqueued } from './stored-event.ts';

/** How many go out in one turn of the event loop, so that a consumer that catches up does not delay the others. */
const TURN_BYTES = 256 * 1024;

/** A consumer that does not read its socket gets no more than this. */
const SOCKET_BACKLOG_BYTES = 1024 * 1024;

/** What a consumer asked for. */
export interface DeliveryOptions {
  sender: Sender;
  socket: Socket;
  events: PartitionLog;
  /** The number of the first event to send. */
  start: number;
  epoch: number | undefined;
  /** Adds the partition's last position to every event. */
  tracksLastEnqueued: boolean;
}

/**
 * Sends the events of a partition to one consumer, in order, as far as its credit goes.
 *
 * They go out settled: a consumer's progress is known from its checkpoints only, and an acknowledgement for each
 * event would double the frames.
 */
export class EventDelivery implements ActiveReceiver {
  readonly epoch: number | undefined;
  readonly #options: DeliveryOptions;
  #unsubscribe = () => {};
  #next: number;
  #isScheduled = false;
  #isStopped = false;

  constructor(options: DeliveryOptions) {
    this.#options = options;
    this.epoch = options.epoch;
    this.#next = options.start;
  }

  /** Begins; call once, when the consumer has been let in. */
  start(): void {
    this.#unsubscribe = this.#options.events.onAppend(() => this.wake());
  }

  /** Sends what can be sent, soon. Called whenever events, credit or room in the socket may have come. */
  wake(): void {
    if (this.#isScheduled || this.#isStopped || this.#next > this.#options.events.last.sequenceNumber) return;
    this.#isScheduled = true;
    setImmediate(() => this.#send());
  }

  detach(reason: Refusal): void {
    this.stop();
    this.#options.sender.close({ condition: reason.condition, description: reason.message });
  }

  /** Ends it silently: the link or the connection is gone. */
  stop(): void {
    this.#isStopped = true;
    this.#unsubscribe();
  }

  #send(): void {
    this.#isScheduled = false;
    const { sender, socket, events } = this.#options;
    if (this.#isStopped || !sender.is_open() || socket.writableLength > SOCKET_BACKLOG_BYTES) return;
    try {
      this.#sendBatch(events.read(this.#next, { events: roomToSend(sender), bytes: TURN_BYTES }));
    } catch (error) {
      this.detach(toRefusal(error));
    }
  }

  #sendBatch(batch: readonly StoredEvent[]): void {
    if (batch.length === 0) return;
    const { sender, socket, events, tracksLastEnqueued } = this.#options;
    // rhea writes frame by frame in the next tick; one packet for each would cost more than everything else here.
    socket.cork();
    try {
      for (const event of batch) {
        const message = tracksLastEnqueued ? withLastEnqueued(event, events.last, Date.now()) : event.message;
        sender.send(message, undefined, 0);
        this.#next = event.sequenceNumber + 1;
      }
    } finally {
      process.nextTick(() => socket.uncork());
    }
    this.wake();
  }
}

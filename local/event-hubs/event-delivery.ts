import type { Socket } from 'node:net';
import type { Sender } from 'rhea';
import type { PartitionLog } from './partition-log.ts';
import type { ActiveReceiver, Receivers } from './receivers.ts';
import type { Refusal } from './refusal.ts';
import { roomToSend } from './rhea-server.ts';

/** Sent in one turn of the event loop: a consumer that catches up must not delay the others. */
const TURN_BYTES = 256 * 1024;

/** Buffered for a consumer that does not read its socket. */
const SOCKET_BACKLOG_BYTES = 1024 * 1024;

/** What a consumer asked for. */
export interface EventDeliveryOptions {
  sender: Sender;
  socket: Socket;
  events: PartitionLog;
  /** Those of its group on the same partition. */
  receivers: Receivers;
  /** The number of the first event to send. */
  start: number;
  epoch: number | undefined;
}

/**
 * Sends the events of a partition to one consumer, in order, as far as its credit goes.
 *
 * They go out settled: only checkpoints tell how far a consumer is, and an acknowledgement for each event would double
 * the frames.
 */
export class EventDelivery implements ActiveReceiver {
  readonly epoch: number | undefined;
  readonly #options: EventDeliveryOptions;
  #unsubscribe = () => {};
  #next: number;
  #isScheduled = false;

  constructor(options: EventDeliveryOptions) {
    this.#options = options;
    this.epoch = options.epoch;
    this.#next = options.start;
  }

  /** Begins, unless another receiver owns the partition: then it throws. */
  start(): void {
    const { receivers, events } = this.#options;
    receivers.admit(this);
    this.#unsubscribe = events.onAppend(() => this.wake());
  }

  /** Sends soon what can be sent. To be called when there may be new events, credit or room in the socket. */
  wake(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#send();
    });
  }

  detach({ condition, message }: Refusal): void {
    this.stop();
    this.#options.sender.close({ condition, description: message });
  }

  /** Ends it silently: the link or the connection is gone. */
  stop(): void {
    this.#unsubscribe();
    this.#options.receivers.release(this);
  }

  #send(): void {
    const { sender, socket, events } = this.#options;
    if (this.#next > events.last.sequenceNumber) return;
    if (socket.destroyed || socket.writableLength > SOCKET_BACKLOG_BYTES || !sender.is_open()) return;
    // rhea writes each frame by itself, in the next tick. A packet for each would cost more than everything else here.
    socket.cork();
    let bytes = 0;
    for (let room = roomToSend(sender); room > 0 && bytes < TURN_BYTES; room -= 1) {
      const event = events.at(this.#next);
      if (!event) break;
      sender.send(event.message, undefined, 0);
      this.#next = event.sequenceNumber + 1;
      bytes += event.message.length;
    }
    process.nextTick(() => socket.uncork());
    if (bytes > 0) this.wake();
  }
}

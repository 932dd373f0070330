import type { Publication } from './publication.ts';
import { BEFORE_FIRST_EVENT, type EventPosition, type StoredEvent, toStoredEvents } from './stored-event.ts';

interface PartitionLogOptions {
  /** Beyond this the oldest events are dropped; each counts with its bytes and OVERHEAD_BYTES. */
  maxBytes: number;
  now?: () => number;
}

/** Roughly what an event costs in memory besides its bytes: without it, tiny events would escape the limit. */
export const OVERHEAD_BYTES = 256;

/** The events of one partition in order: appended at the end, dropped at the start, read from anywhere. */
export class PartitionLog {
  readonly #options: PartitionLogOptions;
  readonly #listeners = new Set<() => void>();
  /** The kept events behind dropped ones, which are cut off now and then: shifting each would cost the length. */
  #events: (StoredEvent | undefined)[] = [];
  #dropped = 0;
  #bytes = 0;
  #last: EventPosition = BEFORE_FIRST_EVENT;
  #nextOffset = 0;

  constructor(options: PartitionLogOptions) {
    this.#options = options;
  }

  /** The position of the newest event ever stored; `BEFORE_FIRST_EVENT` if there was none. */
  get last(): EventPosition {
    return this.#last;
  }

  /** The number of the oldest event still kept, or of the one to come. */
  get firstSequence(): number {
    return this.#last.sequenceNumber + 1 - (this.#events.length - this.#dropped);
  }

  /** Stores a publication and tells the readers. */
  append(publication: Publication): void {
    const now = (this.#options.now ?? Date.now)();
    const sequenceNumber = this.#last.sequenceNumber + 1;
    // A clock that is set back must not put an event before older ones: consumers find a start time by bisection.
    const enqueuedTime = Math.max(now, this.#last.enqueuedTime);
    this.#add(toStoredEvents(publication, { sequenceNumber, offset: this.#nextOffset, enqueuedTime }));
    for (const listener of this.#listeners) listener();
  }

  /** Up to so many events and about so many bytes (at least one event) from a number on, or from the oldest kept. */
  read(sequence: number, limits: { events: number; bytes: number }): readonly StoredEvent[] {
    const from = this.#indexOf(sequence);
    let to = from;
    for (
      let bytes = 0;
      to < this.#events.length && to - from < limits.events && bytes < limits.bytes;
      to += 1
    ) {
      bytes += this.#events[to]?.message.length ?? 0;
    }
    return this.#events.slice(from, to) as StoredEvent[];
  }

  /** The number of the first kept event that lies at or behind a position; positions only ever grow. */
  find(isReached: (position: EventPosition) => boolean): number {
    let low = this.#dropped;
    let high = this.#events.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isReached(this.#events[middle] as StoredEvent)) high = middle;
      else low = middle + 1;
    }
    return this.firstSequence + low - this.#dropped;
  }

  /** Calls back after every stored publication, until the returned function is called. */
  onAppend(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #add(events: readonly StoredEvent[]): void {
    for (const event of events) {
      this.#events.push(event);
      this.#bytes += event.message.length + OVERHEAD_BYTES;
      this.#nextOffset = event.offset + event.message.length;
      this.#last = event;
    }
    this.#dropOldest(events.length);
  }

  /** Keeps the newest publication even if it alone is beyond the limit. */
  #dropOldest(kept: number): void {
    while (this.#bytes > this.#options.maxBytes && this.#events.length - this.#dropped > kept) {
      this.#bytes -= (this.#events[this.#dropped]?.message.length ?? 0) + OVERHEAD_BYTES;
      this.#events[this.#dropped] = undefined;
      this.#dropped += 1;
    }
    if (this.#dropped * 2 < this.#events.length) return;
    this.#events = this.#events.slice(this.#dropped);
    this.#dropped = 0;
  }

  #indexOf(sequence: number): number {
    return this.#dropped + Math.max(0, sequence - this.firstSequence);
  }
}

import { type EventPosition, type PublishedEvent, type StoredEvent, toStoredEvent } from './publication.ts';

/** What the service says about a partition that has never held an event. */
const BEFORE_FIRST_EVENT: EventPosition = { sequenceNumber: -1, offset: -1, enqueuedTime: 0 };

/** Roughly what an event costs in memory besides its bytes. */
const OVERHEAD_BYTES = 256;

/** The events of one partition in order: appended at the end, dropped at the start, read from anywhere. */
export class PartitionLog {
  readonly #maxBytes: number;
  readonly #listeners = new Set<() => void>();
  #events: StoredEvent[] = [];
  #bytes = 0;
  #last: EventPosition = BEFORE_FIRST_EVENT;
  #nextOffset = 0;

  /** Beyond so many bytes it drops its oldest events. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** The position of the newest event ever stored; `BEFORE_FIRST_EVENT` if there was none. */
  get last(): EventPosition {
    return this.#last;
  }

  /** The number of the oldest event still kept, or of the one to come. */
  get firstSequence(): number {
    return this.#last.sequenceNumber + 1 - this.#events.length;
  }

  /** Stores the events of a publication and tells the readers. */
  append(published: readonly PublishedEvent[]): void {
    const enqueuedTime = Date.now();
    for (const event of published) {
      const sequenceNumber = this.#last.sequenceNumber + 1;
      const stored = toStoredEvent(event, { sequenceNumber, offset: this.#nextOffset, enqueuedTime });
      this.#events.push(stored);
      this.#bytes += sizeOf(stored);
      this.#nextOffset += stored.message.length;
      this.#last = stored;
    }
    this.#dropOldest(published.length);
    for (const listener of this.#listeners) listener();
  }

  /** The event of a number, or the oldest kept if that one is gone; undefined if it is yet to come. */
  at(sequenceNumber: number): StoredEvent | undefined {
    return this.#events[Math.max(0, sequenceNumber - this.firstSequence)];
  }

  /** The number of the first kept event of which this is true, or of the event to come. */
  find(isReached: (position: EventPosition) => boolean): number {
    return this.#events.find(isReached)?.sequenceNumber ?? this.#last.sequenceNumber + 1;
  }

  /** Calls back after every stored publication, until the returned function is called. */
  onAppend(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Never drops the newest publication. Drops a tenth at a time: to move the others for each event would be slow. */
  #dropOldest(newest: number): void {
    if (this.#bytes <= this.#maxBytes) return;
    let dropped = 0;
    for (const event of this.#events.slice(0, -newest)) {
      if (this.#bytes <= this.#maxBytes * 0.9) break;
      this.#bytes -= sizeOf(event);
      dropped += 1;
    }
    this.#events.splice(0, dropped);
  }
}

function sizeOf({ message }: StoredEvent): number {
  return message.length + OVERHEAD_BYTES;
}

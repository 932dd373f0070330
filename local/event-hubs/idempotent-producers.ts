import { findInteger, type Publication } from './publication.ts';
import type { ProducerMark, StoredPublication } from './publication-record.ts';
import { Refusal } from './refusal.ts';

/** The names under which idempotent publishing travels: as link properties and as annotations of every event. */
export const PRODUCER = {
  capability: 'com.microsoft:idempotent-producer',
  id: 'com.microsoft:producer-id',
  epoch: 'com.microsoft:producer-epoch',
  sequenceNumber: 'com.microsoft:producer-sequence-number',
} as const;

interface ProducerState {
  epoch: number;
  /** The numbers of its latest publication; equal and one apart from `first` before there is one. */
  first: number;
  last: number;
}

/** What a partition remembers of publishers that number their events, so that a repeated publication is stored once. */
export class IdempotentProducers {
  readonly #states = new Map<number, ProducerState>();

  /** Takes up a publisher whose link names itself; a lower epoch than the known one is out of date. */
  join(mark: ProducerMark): void {
    const { id, epoch, sequenceNumber } = mark;
    const known = this.#states.get(id);
    if (known && epoch < known.epoch) throw outOfDate(mark, known.epoch);
    if (known?.epoch === epoch) return;
    this.#states.set(id, { epoch, first: sequenceNumber + 1, last: sequenceNumber });
  }

  /** The publication's mark if it is new, undefined if it repeats the latest one; refuses any other number. */
  check(publication: Publication): { mark: ProducerMark | undefined; isRepeated: boolean } {
    const mark = toMark(publication);
    const state = mark && this.#states.get(mark.id);
    if (!mark || !state) return { mark, isRepeated: false };
    if (mark.epoch < state.epoch) throw outOfDate(mark, state.epoch);
    const last = mark.sequenceNumber + publication.events.length - 1;
    if (mark.sequenceNumber === state.last + 1) return { mark, isRepeated: false };
    if (mark.sequenceNumber === state.first && last === state.last) return { mark, isRepeated: true };
    const text = `Expected the number ${state.last + 1} of producer group ${mark.id}, got ${mark.sequenceNumber}.`;
    throw new Refusal('com.microsoft:out-of-order-sequence', text);
  }

  /** Notes a stored publication, also when it is read back from disk. */
  note({ events, producer }: StoredPublication): void {
    if (!producer) return;
    const { id, epoch, sequenceNumber } = producer;
    this.#states.set(id, { epoch, first: sequenceNumber, last: sequenceNumber + events.length - 1 });
  }
}

function outOfDate({ id, epoch }: ProducerMark, owner: number): Refusal {
  const text = `Producer group ${id} is owned at level ${owner}; level ${epoch} is out of date.`;
  return new Refusal('com.microsoft:producer-epoch-stolen', text);
}

function toMark(publication: Publication): ProducerMark | undefined {
  const annotations = publication.events[0]?.annotations ?? [];
  const id = findInteger(annotations, PRODUCER.id);
  const epoch = findInteger(annotations, PRODUCER.epoch);
  const sequenceNumber = findInteger(annotations, PRODUCER.sequenceNumber);
  if (id === undefined || epoch === undefined || sequenceNumber === undefined) return undefined;
  return { id, epoch, sequenceNumber };
}

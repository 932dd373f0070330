import type { PartitionLog } from './partition-log.ts';
import type { EventPosition } from './publication.ts';
import { Refusal } from './refusal.ts';

/** The only selector that SDKs send: one field, one operator, one value, which only the .NET client leaves unquoted. */
const SELECTOR =
  /^\s*amqp\.annotation\.x-opt-(offset|sequence-number|enqueued-time)\s*(>=?)\s*('?)(-?\d+|@latest)\3\s*$/;

/**
 * The number of the first event to deliver for a receiver's selector; without one, the oldest kept. An older position
 * starts there, too. One beyond the end is a checkpoint that has outlived its events. The service refuses it, and so does
 * this: waiting there would skip events silently.
 */
export function findStart(selector: string | undefined, partition: PartitionLog): number {
  if (selector === undefined) return partition.firstSequence;
  const [, field, operator, , value] = SELECTOR.exec(selector) ?? [];
  if (!field || !value)
    throw new Refusal('com.microsoft:argument-error', `Unknown start position: ${selector}`);
  const isInclusive = operator === '>=';
  if (value === '@latest') return partition.last.sequenceNumber + (isInclusive ? 0 : 1);
  const start = Number(value);
  const reaches = (found: number) => (isInclusive ? found >= start : found > start);
  switch (field) {
    case 'enqueued-time':
      return partition.find(({ enqueuedTime }) => reaches(enqueuedTime));
    case 'offset':
      requireKnown('offset', start, partition.last);
      return partition.find(({ offset }) => reaches(offset));
    default:
      // The number after the last is known too: it is the next one to come.
      requireKnown('sequenceNumber', isInclusive ? start - 1 : start, partition.last);
      return partition.find(({ sequenceNumber }) => reaches(sequenceNumber));
  }
}

function requireKnown(field: 'offset' | 'sequenceNumber', value: number, last: EventPosition): void {
  if (value <= last[field]) return;
  const name = field === 'offset' ? 'offset' : 'sequence number';
  throw new Refusal(
    'com.microsoft:argument-error',
    `The supplied ${name} '${value}' is invalid. The last ${name} in the system is '${last[field]}'. ` +
      'A checkpoint of other events than those in this broker? Events and checkpoints belong together.',
  );
}

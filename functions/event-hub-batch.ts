import type { TriggerMetadata } from '@azure/functions';
import type { Delivery } from '../src/message/delivery.ts';
import { isJsonObject, propertyWithoutCase } from '../src/message/json.ts';

/**
 * Converts one batch of the Event Hubs trigger to deliveries; null if a person started the invocation, not the hub.
 * It never invents a position: one that it cannot read fails the invocation, and the partition waits.
 */
export function fromEventHubBatch(
  events: unknown,
  metadata: TriggerMetadata | undefined,
  hub: string,
): Delivery[] | null {
  if (isInvokedByHand(metadata)) return null;
  if (!Array.isArray(events)) throw unreadable('the events are not a list');
  const receivedAt = new Date().toISOString();
  const partitionId = partitionIdIn(metadata);
  if (partitionId === undefined) throw unreadable('no partition id');
  const stream = `eventhub/${hub}/${partitionId}`;
  const properties = alignedList(metadata, 'propertiesArray', events.length);
  const sequences = alignedList(metadata, 'sequenceNumberArray', events.length);
  const times = alignedList(metadata, 'enqueuedTimeUtcArray', events.length);
  return events.map((event: unknown, index) => ({
    transport: 'eventhub',
    stream,
    sequence: toSequence(sequences[index]),
    time: toTime(times[index]),
    receivedAt,
    body: toBytes(event),
    properties: isJsonObject(properties[index]) ? properties[index] : {},
  }));
}

/** The portal's Test/Run and `POST /admin/functions/…` pass a text, with neither partition nor position. */
function isInvokedByHand(metadata: TriggerMetadata | undefined): boolean {
  const sequences = metadata?.sequenceNumberArray;
  const hasPosition = Array.isArray(sequences) && sequences.some(isPosition);
  return partitionIdIn(metadata) === undefined && !hasPosition;
}

/** If a list does not have one entry for each event, its entries belong to other events. */
function alignedList(
  metadata: TriggerMetadata | undefined,
  name: string,
  length: number,
): readonly unknown[] {
  const list = metadata?.[name];
  if (Array.isArray(list) && list.length === length) return list;
  throw unreadable(`${name} has ${Array.isArray(list) ? list.length : 'no'} entries for ${length} events`);
}

function partitionIdIn(metadata: TriggerMetadata | undefined): string | undefined {
  for (const name of ['partitionContext', 'triggerPartitionContext']) {
    const context = metadata?.[name];
    const id = isJsonObject(context) ? propertyWithoutCase(context, 'partitionId') : undefined;
    if (typeof id === 'string' && id !== '') return id;
  }
  return undefined;
}

function toSequence(value: unknown): number {
  const sequence = wholeNumberIn(value);
  if (isPosition(sequence)) return sequence as number;
  throw unreadable('a sequence number that is no safe integer');
}

function isPosition(value: unknown): boolean {
  return Number.isSafeInteger(wholeNumberIn(value));
}

/** Some releases of the worker give the two halves of a 64-bit integer instead of a number. */
function wholeNumberIn(value: unknown): unknown {
  return isJsonObject(value) && typeof value.low === 'number' && typeof value.high === 'number'
    ? value.high * 2 ** 32 + (value.low >>> 0)
    : value;
}

/** The host writes UTC without saying so. */
function toTime(value: unknown): string {
  const text = String(value);
  const time = new Date(/(Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`);
  if (!Number.isNaN(time.getTime())) return time.toISOString();
  throw unreadable('an enqueued time that is no date');
}

function toBytes(event: unknown): Uint8Array {
  if (event instanceof Uint8Array) return event;
  throw unreadable("an event that is not bytes: the trigger's dataType must be binary");
}

function unreadable(what: string): Error {
  return new Error(`The Event Hubs trigger handed over ${what}. Nothing was processed.`);
}

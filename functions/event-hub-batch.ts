import type { TriggerMetadata } from '@azure/functions';
import type { Delivery } from '../src/message/delivery.ts';
import { isJsonObject } from '../src/message/json.ts';
import { fromUtc, unreadable } from './batch-handler.ts';

/** Converts one batch of the Event Hubs trigger to deliveries; null if a person started the invocation, not the hub. */
export function fromEventHubBatch(
  events: unknown,
  hub: string,
  metadata: TriggerMetadata = {},
): Delivery[] | null {
  const { partitionContext, sequenceNumberArray: given } = metadata;
  const { partitionId } = isJsonObject(partitionContext) ? partitionContext : {};
  // The portal's Test/Run and `POST /admin/functions/…` pass a text, with neither partition nor position.
  const hasPosition =
    Array.isArray(given) && given.some((value) => Number.isSafeInteger(wholeNumberIn(value)));
  if (!partitionId && !hasPosition) return null;
  if (typeof partitionId !== 'string' || partitionId === '') throw unreadable('no partition id');
  if (!Array.isArray(events)) throw unreadable('events that are no list');
  const receivedAt = new Date().toISOString();
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

/** If a list does not have one entry for each event, its entries belong to other events. */
function alignedList(metadata: TriggerMetadata, name: string, length: number): readonly unknown[] {
  const list = metadata[name];
  if (Array.isArray(list) && list.length === length) return list;
  throw unreadable(`${name} with ${Array.isArray(list) ? list.length : 'no'} entries for ${length} events`);
}

/** Some releases of the worker give the two halves of a 64-bit integer instead of a number. */
function wholeNumberIn(value: unknown): unknown {
  return isJsonObject(value) && typeof value.low === 'number' && typeof value.high === 'number'
    ? value.high * 2 ** 32 + (value.low >>> 0)
    : value;
}

function toSequence(value: unknown): number {
  const sequence = wholeNumberIn(value);
  if (Number.isSafeInteger(sequence)) return sequence as number;
  throw unreadable('a sequence number that is no safe integer');
}

function toTime(value: unknown): string {
  const time = fromUtc(String(value));
  if (!Number.isNaN(time.getTime())) return time.toISOString();
  throw unreadable('an enqueued time that is no date');
}

function toBytes(event: unknown): Uint8Array {
  if (event instanceof Uint8Array) return event;
  throw unreadable("an event that is not bytes: the trigger's dataType must be binary");
}

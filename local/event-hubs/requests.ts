import rhea from 'rhea';
import { findPartition, type Hub, requireHub } from './hub.ts';
import { Refusal } from './refusal.ts';
import type { Request } from './request-reply.ts';
import { requireValidSignature } from './shared-access-signature.ts';

const STR8 = 0xa1;

/** Takes a token, by which a client shows its rights. The one key has all rights, so the audience does not matter. */
export function putToken({ properties: { operation, type }, body }: Request): void {
  if (operation !== 'put-token' || type !== 'servicebus.windows.net:sastoken') {
    const text = `'${operation}' of '${type}' cannot be checked locally: connect with the connection string.`;
    throw new Refusal('amqp:not-implemented', text);
  }
  requireValidSignature(body);
}

/** Reads the properties of the hub or of one partition. Each request shows a token of its own. */
export function readProperties(hub: Hub, { properties }: Request): object {
  const { operation, type, name, partition, security_token } = properties;
  requireValidSignature(security_token);
  requireHub(hub, String(name));
  switch (`${operation} ${type}`) {
    case 'READ com.microsoft:eventhub':
      return { ...hubProperties(hub), type };
    case 'READ com.microsoft:partition':
      return { ...partitionProperties(hub, String(partition)), type };
    default:
      throw new Refusal('amqp:not-implemented', `Unknown operation: ${operation} of ${type}`);
  }
}

function hubProperties({ name, createdAt, partitions }: Hub): object {
  const ids = partitions.map(({ id }) => id);
  return {
    name,
    created_at: rhea.types.wrap_timestamp(createdAt.getTime()),
    partition_count: rhea.types.wrap_int(ids.length),
    partition_ids: rhea.types.wrap_array(ids, STR8, undefined),
    georeplication_factor: rhea.types.wrap_int(1),
  };
}

function partitionProperties(hub: Hub, partitionId: string): object {
  const { id, events } = findPartition(hub, partitionId);
  const { last, firstSequence } = events;
  return {
    name: hub.name,
    partition: id,
    begin_sequence_number: rhea.types.wrap_long(firstSequence),
    last_enqueued_sequence_number: rhea.types.wrap_long(last.sequenceNumber),
    last_enqueued_offset: String(last.offset),
    last_enqueued_time_utc: rhea.types.wrap_timestamp(last.enqueuedTime),
    is_partition_empty: last.sequenceNumber < firstSequence,
  };
}

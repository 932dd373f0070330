import rhea from 'rhea';
import { findHub, findPartition, type Hub, type Namespace } from './namespace.ts';
import { Refusal } from './refusal.ts';
import { type Reply, type Request, requireText } from './request-reply.ts';
import { requireValidSignature } from './shared-access-signature.ts';

const HUB = 'com.microsoft:eventhub';
const PARTITION = 'com.microsoft:partition';

const STR8 = 0xa1;

/** Answers `READ` of a hub or of one partition. Each request shows a token of its own. */
export function readProperties(namespace: Namespace, request: Request): Reply {
  requireValidSignature(request.properties.security_token, Date.now());
  const operation = requireText(request, 'operation');
  const type = requireText(request, 'type');
  if (operation !== 'READ') throw new Refusal('amqp:not-implemented', `Unknown operation: ${operation}`);
  const hub = findHub(namespace, requireText(request, 'name'));
  switch (type) {
    case HUB:
      return { status: 200, description: 'OK', body: hubProperties(hub) };
    case PARTITION: {
      const body = partitionProperties(hub, requireText(request, 'partition'));
      return { status: 200, description: 'OK', body };
    }
    default:
      throw new Refusal('amqp:not-implemented', `Unknown entity type: ${type}`);
  }
}

function hubProperties(hub: Hub): Record<string, unknown> {
  const ids = hub.partitions.map(({ id }) => id);
  return {
    name: hub.name,
    type: HUB,
    created_at: rhea.types.wrap_timestamp(hub.createdAt.getTime()),
    partition_count: rhea.types.wrap_int(ids.length),
    partition_ids: rhea.types.wrap_array(ids, STR8, undefined),
    georeplication_factor: rhea.types.wrap_int(1),
  };
}

function partitionProperties(hub: Hub, partitionId: string): Record<string, unknown> {
  const { id, events } = findPartition(hub, partitionId);
  const { last } = events;
  return {
    name: hub.name,
    type: PARTITION,
    partition: id,
    begin_sequence_number: rhea.types.wrap_long(events.firstSequence),
    last_enqueued_sequence_number: rhea.types.wrap_long(last.sequenceNumber),
    last_enqueued_offset: String(last.offset),
    last_enqueued_time_utc: rhea.types.wrap_timestamp(last.enqueuedTime),
    is_partition_empty: last.sequenceNumber < events.firstSequence,
  };
}

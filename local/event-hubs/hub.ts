import { PartitionLog } from './partition-log.ts';
import { Receivers } from './receivers.ts';
import { Refusal } from './refusal.ts';

/** A hub to serve. */
export interface HubOptions {
  name: string;
  partitionCount: number;
  /** Besides `$Default`. */
  consumerGroups?: readonly string[];
}

/** A hub as it is served. */
export interface Hub {
  name: string;
  createdAt: Date;
  partitions: Partition[];
  /** Counts publications without a key, which take turns. */
  nextPartition: number;
}

/** A partition with its events and, by consumer group, its receivers. */
export interface Partition {
  id: string;
  events: PartitionLog;
  receivers: Map<string, Receivers>;
}

/** What events may cost in memory; all partitions share it. */
const MAX_BYTES = 256 * 1024 * 1024;

/** Opens an empty hub. */
export function openHub({ name, partitionCount, consumerGroups = [] }: HubOptions): Hub {
  const groups = ['$Default', ...consumerGroups].map((group) => group.toLowerCase());
  const partitions = Array.from({ length: partitionCount }, (_, index) => ({
    id: String(index),
    events: new PartitionLog(MAX_BYTES / partitionCount),
    receivers: new Map(groups.map((group) => [group, new Receivers()])),
  }));
  return { name, createdAt: new Date(), partitions, nextPartition: 0 };
}

/** Refuses another hub's name. Names compare without case, as in the service. */
export function requireHub(hub: Hub, name: string): void {
  if (name.toLowerCase() !== hub.name.toLowerCase()) throw notFound(name);
}

/** The partition of an id. */
export function findPartition(hub: Hub, id: string): Partition {
  const partition = hub.partitions.find((candidate) => candidate.id === id);
  if (partition) return partition;
  const text = `The partition '${id}' does not exist: ${hub.name} has 0 to ${hub.partitions.length - 1}.`;
  throw new Refusal('com.microsoft:argument-out-of-range', text);
}

/** A group's receivers. Azure refuses an unknown group, too: a typing error shows here first. */
export function findReceivers(hub: Hub, partition: Partition, group: string): Receivers {
  const receivers = partition.receivers.get(group.toLowerCase());
  if (receivers) return receivers;
  throw notFound(`${hub.name}:ConsumerGroup:${group}`);
}

/** By this text the SDK recognizes a missing entity. */
export function notFound(name: string): Refusal {
  return new Refusal('amqp:not-found', `The messaging entity '${name}' could not be found.`);
}

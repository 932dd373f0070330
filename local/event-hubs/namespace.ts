import { PartitionLog } from './partition-log.ts';
import { Receivers } from './receivers.ts';
import { Refusal } from './refusal.ts';

/** A hub to serve. `$Default` is always among its consumer groups. */
export interface HubOptions {
  name: string;
  /** From 1 to 32. */
  partitionCount: number;
  consumerGroups?: readonly string[];
}

/** A partition with its events and its receivers by consumer group. */
export interface Partition {
  id: string;
  events: PartitionLog;
  receivers: Map<string, Receivers>;
}

/** A hub as it is served. */
export interface Hub {
  name: string;
  createdAt: Date;
  partitions: Partition[];
  /** Takes turns for publications without a key. */
  nextPartition: number;
}

/** Every hub of a broker, by lower-cased name. */
export type Namespace = Map<string, Hub>;

/** Opens empty hubs. */
export function openNamespace(hubs: readonly HubOptions[], maxBytesPerPartition: number): Namespace {
  return new Map(hubs.map((hub) => [hub.name.toLowerCase(), openHub(hub, maxBytesPerPartition)]));
}

/** The hub of a name; the text is the one by which the SDK recognizes a missing entity. */
export function findHub(namespace: Namespace, name: string): Hub {
  const hub = namespace.get(name.toLowerCase());
  if (!hub) throw new Refusal('amqp:not-found', `The messaging entity '${name}' could not be found.`);
  return hub;
}

/** The partition of an id. */
export function findPartition(hub: Hub, id: string): Partition {
  const partition = hub.partitions.find((candidate) => candidate.id === id);
  if (partition) return partition;
  const text = `The partition '${id}' does not exist: ${hub.name} has 0 to ${hub.partitions.length - 1}.`;
  throw new Refusal('com.microsoft:argument-out-of-range', text);
}

/** A group's receivers. An unknown group is refused, as in Azure, where a misspelt one would otherwise first show. */
export function findReceivers(hub: Hub, partition: Partition, group: string): Receivers {
  const receivers = partition.receivers.get(group.toLowerCase());
  if (receivers) return receivers;
  const entity = `${hub.name}:ConsumerGroup:${group}`;
  throw new Refusal('amqp:not-found', `The messaging entity '${entity}' could not be found.`);
}

function openHub({ name, partitionCount, consumerGroups = [] }: HubOptions, maxBytes: number): Hub {
  const groups = ['$default', ...consumerGroups.map((group) => group.toLowerCase())];
  const partitions = Array.from({ length: partitionCount }, (_, index) => ({
    id: String(index),
    events: new PartitionLog({ maxBytes }),
    receivers: new Map(groups.map((group) => [group, new Receivers()])),
  }));
  return { name, createdAt: new Date(), partitions, nextPartition: 0 };
}

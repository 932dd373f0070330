import { join } from 'node:path';
import { lockDirectory } from './directory-lock.ts';
import {
  type NamespaceRecord,
  newNamespaceRecord,
  readNamespaceRecord,
  writeNamespaceRecord,
} from './namespace-file.ts';
import { PartitionLog } from './partition-log.ts';
import { PartitionLogFile } from './partition-log-file.ts';
import { Receivers } from './receivers.ts';
import { Refusal } from './refusal.ts';

/** A hub to serve. `$Default` is always among its consumer groups. */
export interface HubOptions {
  name: string;
  /** From 1 to 32. */
  partitionCount: number;
  consumerGroups?: readonly string[];
}

/** How to open a namespace. */
export interface NamespaceOptions {
  hubs: readonly HubOptions[];
  dataDirectory?: string | undefined;
  maxBytesPerPartition: number;
  log: (line: string) => void;
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

/** Every hub of a broker. */
export interface Namespace {
  id: string;
  /** By lower-cased name. */
  hubs: Map<string, Hub>;
  close(): void;
}

/** Opens the hubs, with the events of an earlier run if there is a data directory. */
export function openNamespace(options: NamespaceOptions): Namespace {
  const { dataDirectory } = options;
  const unlock = dataDirectory === undefined ? () => {} : lockDirectory(dataDirectory);
  const hubs = new Map<string, Hub>();
  const close = () => {
    for (const { partitions } of hubs.values()) for (const { events } of partitions) events.close();
    unlock();
  };
  try {
    const record = dataDirectory === undefined ? newNamespaceRecord() : readNamespaceRecord(dataDirectory);
    for (const hub of options.hubs) enter(record, hub);
    if (dataDirectory !== undefined) writeNamespaceRecord(dataDirectory, record);
    for (const hub of options.hubs) hubs.set(hub.name.toLowerCase(), openHub(hub, record, options));
    return { id: record.id, hubs, close };
  } catch (error) {
    close();
    throw error;
  }
}

/** The hub of a name; the text is the one by which the SDK recognizes a missing entity. */
export function findHub(namespace: Namespace, name: string): Hub {
  const hub = namespace.hubs.get(name.toLowerCase());
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

/** Enters a hub into the record: keys keep their partitions only as long as the number of partitions stays. */
function enter(record: NamespaceRecord, { name, partitionCount }: HubOptions): void {
  const known = record.hubs[name.toLowerCase()];
  if (known && known.partitionCount !== partitionCount) {
    const counts = `${known.partitionCount} partitions in the data directory, not ${partitionCount}`;
    throw new Error(`The hub ${name} has ${counts}. Remove the data directory to start empty.`);
  }
  record.hubs[name.toLowerCase()] = known ?? { partitionCount, createdAt: new Date().toISOString() };
}

function openHub(hub: HubOptions, record: NamespaceRecord, options: NamespaceOptions): Hub {
  const groups = ['$default', ...(hub.consumerGroups ?? []).map((group) => group.toLowerCase())];
  const partitions = Array.from({ length: hub.partitionCount }, (_, index) => ({
    id: String(index),
    events: openPartition(hub, index, options),
    receivers: new Map(groups.map((group) => [group, new Receivers()])),
  }));
  const createdAt = new Date(record.hubs[hub.name.toLowerCase()]?.createdAt ?? Date.now());
  return { name: hub.name, createdAt, partitions, nextPartition: 0 };
}

/** Four segments to a partition's limit: little enough is kept beyond it, and few files are opened. */
const SEGMENTS = 4;

function openPartition(hub: HubOptions, index: number, options: NamespaceOptions): PartitionLog {
  const { dataDirectory, maxBytesPerPartition: maxBytes, log } = options;
  if (dataDirectory === undefined) return new PartitionLog({ maxBytes });
  const directory = join(dataDirectory, 'hubs', encodeURIComponent(hub.name.toLowerCase()), String(index));
  const file = new PartitionLogFile({ directory, segmentBytes: Math.ceil(maxBytes / SEGMENTS), log });
  return new PartitionLog({ maxBytes, file });
}

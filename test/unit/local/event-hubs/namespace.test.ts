import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import {
  findHub,
  findPartition,
  findReceivers,
  type HubOptions,
  openNamespace,
} from '../../../../local/event-hubs/namespace.ts';
import { checkTold } from '../../../support/leaks/check.ts';
import { publicationOf } from './publications.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const PRODUCTS: HubOptions = { name: 'products', partitionCount: 4 };

function open(dataDirectory?: string, ...hubs: HubOptions[]) {
  const options = { hubs: hubs.length > 0 ? hubs : [PRODUCTS], maxBytesPerPartition: 1_000_000 };
  const namespace = openNamespace({ ...options, dataDirectory, log: (line) => checkTold('log', line) });
  onTestFinished(() => namespace.close());
  return namespace;
}

test('hubs and consumer groups are found without case, unknown ones refused', () => {
  const namespace = open(undefined, { ...PRODUCTS, consumerGroups: ['Search'] });
  const hub = findHub(namespace, 'PRODUCTS');
  const partition = findPartition(hub, '3');
  expect(findReceivers(hub, partition, 'SEARCH')).toBe(findReceivers(hub, partition, 'search'));
  expect(findReceivers(hub, partition, '$default')).not.toBe(findReceivers(hub, partition, 'search'));
  const notFound = expect.objectContaining({ condition: 'amqp:not-found' });
  expect(() => findHub(namespace, 'orders')).toThrow(notFound);
  expect(() => findReceivers(hub, partition, 'other')).toThrow(notFound);
  const outOfRange = expect.objectContaining({ condition: 'com.microsoft:argument-out-of-range' });
  for (const id of ['4', '-1', '03', 'x']) expect(() => findPartition(hub, id)).toThrow(outOfRange);
});

test('a data directory keeps identity, creation time and events; memory keeps none', () => {
  const directory = temporaryDirectory();
  const first = open(directory);
  findPartition(findHub(first, 'products'), '2').events.append(publicationOf('a'));
  first.close();
  const second = open(directory, PRODUCTS, { name: 'orders', partitionCount: 1 });
  expect(second.id).toBe(first.id);
  expect(findHub(second, 'products').createdAt).toEqual(findHub(first, 'products').createdAt);
  expect(findPartition(findHub(second, 'products'), '2').events.last.sequenceNumber).toBe(0);
  expect(open().id).not.toBe(open().id);
});

test('another number of partitions is an error: keys would move', () => {
  const directory = temporaryDirectory();
  open(directory).close();
  expect(() => open(directory, { name: 'Products', partitionCount: 2 })).toThrow(
    '4 partitions in the data directory',
  );
  expect(findHub(open(directory), 'products').partitions).toHaveLength(4);
});

test('a data directory serves one broker at a time', () => {
  const directory = temporaryDirectory();
  const first = open(directory);
  expect(() => open(directory)).toThrow('in use');
  first.close();
  open(directory).close();
});

test('a lock that a killed process left is taken over, one of a running process is not', () => {
  const directory = temporaryDirectory();
  const lock = join(directory, 'broker.lock');
  writeFileSync(lock, '1');
  expect(() => open(directory)).toThrow('in use by process 1');
  // Beyond the largest process id there is; and our own id, which a container may give to the next process too.
  for (const left of ['4194305', String(process.pid), 'not a number']) {
    writeFileSync(lock, left);
    const namespace = open(directory);
    expect(readFileSync(lock, 'utf8')).toBe(String(process.pid));
    namespace.close();
  }
});

test('a record that cannot be read is an error, not a fresh start', () => {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, 'namespace.json'), '{"format":2}');
  expect(() => open(directory)).toThrow('cannot be read');
});

import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { partitionOfKey } from '../../../../local/event-hubs/key-hash.ts';

/** The SDK's own choice, which it makes on the client for buffered producers; it is not exported. */
async function sdkMapper(): Promise<(key: string, partitionCount: number) => number> {
  const entry = fileURLToPath(import.meta.resolve('@azure/event-hubs'));
  const path = join(dirname(entry), 'impl', 'partitionKeyToIdMapper.js');
  const module: { mapPartitionKeyToId: (key: string, count: number) => number } = await import(
    pathToFileURL(path).href
  );
  return module.mapPartitionKeyToId;
}

test('a key lands where the SDK puts it, whatever its length and however many partitions', async () => {
  const theirs = await sdkMapper();
  const alphabet = 'aB3-/ ~éß€漢😀';
  const letters = [...alphabet];
  let different = 0;
  for (let index = 0; index < 20_000; index += 1) {
    const length = index % 41;
    const key = Array.from({ length }, (_, at) => letters[(index * 7 + at * at + at) % letters.length]).join(
      '',
    );
    const count = (index % 32) + 1;
    if (partitionOfKey(key, count) !== theirs(key, count)) different += 1;
  }
  expect(different).toBe(0);
});

test.each([
  ['AEROPRESS-GO', 4],
  ['', 4],
])('the partition of %j is among the %i', (key, count) => {
  expect(partitionOfKey(key, count)).toBeGreaterThanOrEqual(0);
  expect(partitionOfKey(key, count)).toBeLessThan(count);
});

test('keys spread over all partitions', () => {
  const counts = [0, 0, 0, 0];
  for (let index = 0; index < 4_000; index += 1) {
    const partition = partitionOfKey(`product-${index}`, 4);
    counts[partition] = (counts[partition] ?? 0) + 1;
  }
  for (const count of counts) expect(count).toBeGreaterThan(800);
});

/** What the address of a link names. Hub and group are kept as written; they compare without case. */
export type Address =
  | { kind: 'cbs' }
  | { kind: 'management' }
  | { kind: 'hub'; hub: string }
  | { kind: 'partition'; hub: string; partition: string }
  | { kind: 'consumer'; hub: string; group: string; partition: string }
  | { kind: 'unknown' };

const CONSUMER = /^([^/]+)\/ConsumerGroups\/([^/]+)\/Partitions\/([^/]+)$/i;
const PARTITION = /^([^/]+)\/Partitions\/([^/]+)$/i;

/** Reads a link's address, also one given as a whole URL, or behind a slash, as the .NET client writes it. */
export function toAddress(text: unknown): Address {
  if (typeof text !== 'string') return { kind: 'unknown' };
  const path = text.replace(/^([a-z]+:\/\/[^/]*)?\/*/i, '');
  if (path === '$cbs') return { kind: 'cbs' };
  if (path === '$management' || path.endsWith('/$management')) return { kind: 'management' };
  const [, hub = '', group = '', partition = ''] = CONSUMER.exec(path) ?? [];
  if (hub) return { kind: 'consumer', hub, group, partition };
  const [, publishedHub = '', publishedPartition = ''] = PARTITION.exec(path) ?? [];
  if (publishedHub) return { kind: 'partition', hub: publishedHub, partition: publishedPartition };
  return path === '' || path.includes('/') ? { kind: 'unknown' } : { kind: 'hub', hub: path };
}

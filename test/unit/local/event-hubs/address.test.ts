import { expect, test } from 'vitest';
import { toAddress } from '../../../../local/event-hubs/address.ts';

test.each([
  ['$cbs', { kind: 'cbs' }],
  ['$management', { kind: 'management' }],
  ['products/$management', { kind: 'management' }],
  ['products', { kind: 'hub', hub: 'products' }],
  ['products/Partitions/3', { kind: 'partition', hub: 'products', partition: '3' }],
  [
    'products/ConsumerGroups/$Default/Partitions/0',
    { kind: 'consumer', hub: 'products', group: '$Default', partition: '0' },
  ],
  [
    'Products/consumergroups/search/partitions/0',
    { kind: 'consumer', hub: 'Products', group: 'search', partition: '0' },
  ],
  ['amqps://localhost:5671/products/Partitions/1', { kind: 'partition', hub: 'products', partition: '1' }],
  ['products/Publishers/7', { kind: 'unknown' }],
  ['', { kind: 'unknown' }],
  [undefined, { kind: 'unknown' }],
])('%s', (text, address) => {
  expect(toAddress(text)).toEqual(address);
});

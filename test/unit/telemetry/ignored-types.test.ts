import { afterEach, expect, it } from 'vitest';
import { ignoredTypesCounter } from '../../../src/telemetry/ignored-types.ts';
import { PRODUCT_UPDATED } from '../../support/deliveries.ts';
import { type RecordedTelemetry, recordTelemetry } from '../../support/recorded-telemetry.ts';

let telemetry: RecordedTelemetry;
afterEach(() => telemetry.end());

it('ignored messages are counted by type, under a bounded number of names', async () => {
  telemetry = recordTelemetry();
  const { count } = ignoredTypesCounter();
  for (let index = 0; index < 100; index += 1) count(`type-${index}`);
  count('type-0');
  count(null);
  const points = await telemetry.points('productsync.messages.ignored');
  const counted = Object.fromEntries(points.map(({ attributes, value }) => [attributes.type, value]));
  expect(Object.keys(counted)).toHaveLength(21);
  expect(counted).toMatchObject({ 'type-0': 2, 'type-19': 1, other: 81 });
});

it('near misses of a product type are kept, for a bounded number of names', () => {
  telemetry = recordTelemetry();
  const { count, nearMisses } = ignoredTypesCounter();
  for (const type of ['order.submitted', null, PRODUCT_UPDATED.toUpperCase(), PRODUCT_UPDATED.toUpperCase()])
    count(type);
  expect(nearMisses()).toEqual([{ type: PRODUCT_UPDATED.toUpperCase(), count: 2 }]);
  for (let spaces = 1; spaces < 100; spaces += 1) count(PRODUCT_UPDATED.padStart(60 + spaces));
  expect(nearMisses()).toHaveLength(20);
});

import { afterEach, expect, it } from 'vitest';
import { ignoredTypesCounter } from '../../../src/telemetry/ignored-types.ts';
import { type RecordedTelemetry, recordTelemetry } from '../../support/recorded-telemetry.ts';

let telemetry: RecordedTelemetry;
afterEach(() => telemetry.end());

it('ignored messages are counted by type, under a bounded number of names', async () => {
  telemetry = recordTelemetry();
  const count = ignoredTypesCounter();
  for (let index = 0; index < 100; index += 1) count(`type-${index}`);
  count('type-0');
  count(null);
  const points = await telemetry.points('productsync.messages.ignored');
  const counted = Object.fromEntries(points.map(({ attributes, value }) => [attributes.type, value]));
  expect(Object.keys(counted)).toHaveLength(21);
  expect(counted).toMatchObject({ 'type-0': 2, 'type-19': 1, other: 81 });
});

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { RETRY_POLICIES } from '../../../src/sync/retry.ts';

const host = JSON.parse(readFileSync('host.json', 'utf8'));

/** A batch is decoded before its time starts: 64 MB of the worst kind, at most. */
const DECODING_MS = 60_000;

it('functionTimeout leaves time to decode every batch and to use its whole budget, and no more than Kafka allows', () => {
  const [hours, minutes, seconds] = host.functionTimeout.split(':').map(Number);
  const timeoutMs = ((hours * 60 + minutes) * 60 + seconds) * 1_000;
  const longest = Math.max(...Object.values(RETRY_POLICIES).map(({ budgetMs }) => budgetMs));
  expect(timeoutMs).toBeGreaterThanOrEqual(longest + DECODING_MS);
  expect(timeoutMs).toBeLessThanOrEqual(host.extensions.kafka.maxPollIntervalMs);
});

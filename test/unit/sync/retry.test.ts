import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { EVENT_HUB_RETRY, HTTP_RETRY, KAFKA_RETRY } from '../../../src/sync/retry.ts';

const host = JSON.parse(readFileSync('host.json', 'utf8'));

/** A batch is decoded before its time starts: 64 MB of the worst kind, at most. */
const DECODING_MS = 60_000;

it('functionTimeout leaves time to decode every batch and to use its whole budget, and no more than Kafka allows', () => {
  const [hours, minutes, seconds] = host.functionTimeout.split(':').map(Number);
  const timeoutMs = ((hours * 60 + minutes) * 60 + seconds) * 1_000;
  const longest = Math.max(...[HTTP_RETRY, EVENT_HUB_RETRY, KAFKA_RETRY].map(({ budgetMs }) => budgetMs));
  expect(timeoutMs).toBeGreaterThanOrEqual(longest + DECODING_MS);
  expect(timeoutMs).toBeLessThanOrEqual(host.extensions.kafka.maxPollIntervalMs);
});

import { expect, it } from 'vitest';
import { exportLogger } from '../../../src/telemetry/export-logger.ts';
import { type LogLine, recordingLog } from '../../support/log.ts';

const MINUTE = 60_000;

it('a collector that is away has one line in five minutes, which counts what was not said', () => {
  const lines: LogLine[] = [];
  let now = 0;
  const logger = exportLogger(recordingLog(lines), () => now);
  for (now = 0; now < 12 * MINUTE; now += MINUTE / 4) logger.error('connect ECONNREFUSED 127.0.0.1:4318');
  expect(lines).toEqual(
    [0, 19, 19].map((suppressed) => ({
      level: 'warn',
      event: 'telemetry could not be exported',
      fields: { problem: 'ECONNREFUSED', suppressed },
    })),
  );
});

it.each([
  ['{"message":"Unauthorized","code":401,"data":"api-key=hush-hush"}', '401'],
  ['{"stack":"Error: connect ECONNREFUSED hush.example:4318"}', 'ECONNREFUSED'],
  ['{"hush":"instrumentation key"}', 'unknown'],
])('only the kind of failure is told of %s', (message, problem) => {
  const lines: LogLine[] = [];
  exportLogger(recordingLog(lines)).error(message);
  expect(lines).toMatchObject([{ fields: { problem } }]);
});

it('what works is not told', () => {
  const lines: LogLine[] = [];
  const logger = exportLogger(recordingLog(lines));
  for (const level of ['info', 'debug', 'verbose'] as const) logger[level]('exported');
  expect(lines).toEqual([]);
});

import { expect, it } from 'vitest';
import { requireOwnOptions, type SendFlags } from '../../../cli/send/run.ts';

it.each<[SendFlags['via'], string[]]>([
  ['webhook', ['--url', '--secret', '--json', '--rate']],
  ['eventhub', ['--via', '--connection-string', '--hub']],
  ['kafka', ['--brokers', '--topic']],
])('by %s takes %j', (via, given) => {
  expect(() => requireOwnOptions(given, via)).not.toThrow();
});

it.each<[SendFlags['via'], string, string]>([
  ['eventhub', '--url', 'webhook'],
  ['kafka', '--secret', 'webhook'],
  ['webhook', '--hub', 'eventhub'],
  ['webhook', '--brokers', 'kafka'],
  ['eventhub', '--topic', 'kafka'],
])('by %s refuses %s', (via, wrong, other) => {
  expect(() => requireOwnOptions(['--json', wrong], via)).toThrow(`${wrong} goes with --via ${other}.`);
});

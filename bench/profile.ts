import { readFileSync } from 'node:fs';
import { prepare } from '../src/sync/prepare.ts';
import { httpDelivery } from '../test/support/deliveries.ts';
import { differentMessages } from './support/events.ts';
import { moduleLookup } from './support/module-lookup.ts';
import { report } from './support/report.ts';
import { profiled, type SelfTime, summedBy } from './support/self-times.ts';

const WARMUP_SECONDS = 1;
const SECONDS = 3;
const TOP_FUNCTIONS = 25;
const TOP_FILES = 15;

/** Where the time from bytes to document goes, by self time. Bundled without minifying, for the names. */
void report(async () => {
  const messages = differentMessages();
  const camelCase = differentMessages(undefined, messages.length, 'camelCase');
  return {
    text: [await section('Spelt as documented', messages), await section('In camelCase', camelCase)].join(
      '\n\n',
    ),
  };
});

async function section(title: string, messages: readonly Buffer[]): Promise<string> {
  const deliveries = messages.map((message) => httpDelivery(message));
  const decodeFor = (seconds: number) => {
    const end = performance.now() + seconds * 1_000;
    while (performance.now() < end) for (const delivery of deliveries) prepare(delivery, null);
  };
  decodeFor(WARMUP_SECONDS);
  const times = await profiled(() => decodeFor(SECONDS));

  const moduleOf = moduleLookup(readFileSync(process.argv[1] ?? '', 'utf8'));
  const total = times.reduce((sum, { micros }) => sum + micros, 0);
  const row = ({ micros }: SelfTime, text: string) =>
    `${((micros / total) * 100).toFixed(1).padStart(6)} %  ${text}`;
  return [
    `${title}: files`,
    ...summedBy(times, moduleOf)
      .slice(0, TOP_FILES)
      .map((time) => row(time, time.name)),
    `${title}: functions`,
    ...times
      .slice(0, TOP_FUNCTIONS)
      .map((time) => row(time, `${(time.name || '(anonymous)').padEnd(26)} ${moduleOf(time)}`)),
  ].join('\n');
}

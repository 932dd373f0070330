import { prepare } from '../src/sync/prepare.ts';
import { httpDelivery } from '../test/support/deliveries.ts';
import { differentMessages } from './support/events.ts';
import { interleave } from './support/interleave.ts';
import { report } from './support/report.ts';

const SIZES = [
  { label: '2 KB', bytes: 2_000, count: 64 },
  { label: '13 KB', bytes: 13_000, count: 64 },
  { label: '100 KB', bytes: 100_000, count: 16 },
  { label: '1 MB', bytes: 1_000_000, count: 4 },
];

/** How the time from bytes to document, and its ratio to `JSON.parse`, grow with the size of the message. */
void report(async () => {
  const samples = SIZES.map(({ label, bytes, count }) => {
    const deliveries = differentMessages(bytes, count).map((body) => httpDelivery(body));
    const total = deliveries.reduce((sum, { body }) => sum + (body?.byteLength ?? 0), 0);
    return { label, deliveries, total };
  });
  const tasks = samples.flatMap(({ label, deliveries }) => {
    const texts = deliveries.map(({ body }) => Buffer.from(body ?? []).toString('utf8'));
    return [
      [`parse ${label}`, () => texts.forEach((text) => void JSON.parse(text))],
      [`prepare ${label}`, () => deliveries.forEach((delivery) => void prepare(delivery, null))],
    ] as const;
  });
  const measured = await interleave(Object.fromEntries(tasks), { rounds: 15, runs: 3, warmupRounds: 4 });
  const perByte = ({ label, total }: { label: string; total: number }) =>
    (measured.time(`prepare ${label}`) / total) * 1_000_000;
  const [, usual, , largest] = samples;
  if (usual === undefined || largest === undefined) throw new Error('unreachable: there are four sizes');
  return {
    figures: [
      ...samples.flatMap((sample) => [
        { name: `bytes to document, ${sample.label}`, value: perByte(sample), unit: 'ns/byte' },
        {
          name: `against JSON.parse, ${sample.label}`,
          value: measured.ratio(`prepare ${sample.label}`, `parse ${sample.label}`),
          unit: '×',
        },
      ]),
      {
        name: `a byte of ${largest.label}, against one of ${usual.label}`,
        value: perByte(largest) / perByte(usual),
        unit: '×',
        target: { atMost: 2 },
        note: 'linear growth is 1×',
      },
    ],
  };
});

import { prepare } from '../src/sync/prepare.ts';
import { httpDelivery } from '../test/support/deliveries.ts';
import { differentMessages } from './support/events.ts';
import { interleave, processorTime } from './support/interleave.ts';
import { report } from './support/report.ts';

const BYTES = 13_000;

/** Bytes to a decoded, validated, normalized and hashed document, against `JSON.parse` of the same text: by processor time. */
void report(async () => {
  const documented = differentMessages(BYTES);
  const camelCase = differentMessages(BYTES, documented.length, 'camelCase');
  const measured = await interleave(
    {
      parse: parsing(documented),
      prepare: preparing(documented),
      parseCamelCase: parsing(camelCase),
      prepareCamelCase: preparing(camelCase),
    },
    { rounds: 40, runs: 3, warmupRounds: 10, now: processorTime },
  );
  const microseconds = (name: Parameters<typeof measured.time>[0]) =>
    (measured.time(name) / documented.length) * 1_000;
  return [
    { name: 'JSON.parse of the text of a message', value: microseconds('parse'), unit: 'µs' },
    { name: 'bytes to document, spelt as documented', value: microseconds('prepare'), unit: 'µs' },
    { name: 'bytes to document, in camelCase', value: microseconds('prepareCamelCase'), unit: 'µs' },
    {
      name: 'spelt as documented, against JSON.parse',
      value: measured.ratio('prepare', 'parse'),
      unit: '×',
      target: { atMost: 3 },
    },
    {
      name: 'in camelCase, against JSON.parse',
      value: measured.ratio('prepareCamelCase', 'parseCamelCase'),
      unit: '×',
      target: { atMost: 6 },
    },
  ];
});

function parsing(messages: readonly Buffer[]): () => void {
  const texts = messages.map((message) => message.toString('utf8'));
  return () => {
    for (const text of texts) JSON.parse(text);
  };
}

function preparing(messages: readonly Buffer[]): () => void {
  const deliveries = messages.map((message) => httpDelivery(message));
  return () => {
    for (const delivery of deliveries) {
      if (prepare(delivery, null).kind !== 'change') throw new Error('not a valid message');
    }
  };
}

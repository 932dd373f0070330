import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What must come of a sample, as the `.expected.json` beside it says. */
export type Expectation = {
  /** What the sample shows, in one line. */
  title: string;
  status: number;
  /** For an accepted message; `reason` for a refused one. */
  outcome?: string;
  reason?: string;
  productId: string | null;
  /** The stored document without `sync`; null when the product is gone afterwards. */
  document?: Record<string, unknown> | null;
  warnings?: { code: string; path: string }[];
  issues?: { path: string }[];
};

export type Sample = { name: string; path: string; body: Buffer; expected: Expectation };

/** An event as the Event Hubs trigger hands it over, with the position that the hub gave it. */
export type SampleEvent = {
  partition: string;
  sequence: number;
  enqueuedTime: string;
  properties: Record<string, unknown>;
  body: unknown;
};

export type EventSample = { name: string; event: SampleEvent; expected: Omit<Expectation, 'status'> };

/** The samples that show what only a broker's positions can show, in the order they arrive. */
export function readEventSamples(folder = 'samples/events'): EventSample[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.event.json'))
    .sort()
    .map((file) => {
      const path = join(folder, file);
      const event = JSON.parse(readFileSync(path, 'utf8'));
      const expected = JSON.parse(readFileSync(path.replace(/\.event\.json$/, '.expected.json'), 'utf8'));
      return { name: file.replace(/\.event\.json$/, ''), event, expected };
    });
}

/** The samples in the order they are sent. */
export function readSamples(folder = 'samples'): Sample[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json') && !file.endsWith('.expected.json'))
    .sort()
    .map((file) => {
      const path = join(folder, file);
      const expected = JSON.parse(readFileSync(path.replace(/\.json$/, '.expected.json'), 'utf8'));
      return { name: file.replace(/\.json$/, ''), path, body: readFileSync(path), expected };
    });
}

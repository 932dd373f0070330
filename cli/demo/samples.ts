import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Offer, OfferContext } from '../../src/offer/offer.ts';

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
type SampleEvent = {
  partition: string;
  sequence: number;
  enqueuedTime: string;
  properties: Record<string, unknown>;
  body: unknown;
};

export type EventSample = { name: string; event: SampleEvent; expected: Omit<Expectation, 'status'> };

/** A question of a buyer about the product of a sample, and what the offer must hold. */
export type OfferSample = { title: string; sample: string; context: OfferContext; expected: Partial<Offer> };

/** The samples in the order they are sent. */
export function readSamples(folder = 'samples'): Sample[] {
  return filesIn(folder, '.json').map(({ name, path, expected }) => {
    return { name, path, body: readFileSync(path), expected: json(expected) };
  });
}

/** The samples that show what only a broker's positions can show, in the order they arrive. */
export function readEventSamples(folder = 'samples/events'): EventSample[] {
  return filesIn(folder, '.event.json').map(({ name, path, expected }) => {
    return { name, event: json(path), expected: json(expected) };
  });
}

/** The questions of these titles. */
export function readOfferSamples(titles: readonly string[]): OfferSample[] {
  const questions: OfferSample[] = json('samples/offers/questions.expected.json');
  return titles.map((title) => {
    const question = questions.find((each) => each.title === title);
    if (question === undefined) throw new Error(`there is no question "${title}"`);
    return question;
  });
}

function filesIn(folder: string, extension: string) {
  const names = readdirSync(folder).filter(
    (file) => file.endsWith(extension) && !file.endsWith('.expected.json'),
  );
  return names.sort().map((file) => {
    const name = file.slice(0, -extension.length);
    return { name, path: join(folder, file), expected: join(folder, `${name}.expected.json`) };
  });
}

function json(path: string) {
  return JSON.parse(readFileSync(path, 'utf8'));
}

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Stack } from '../../local/stack.ts';
import type { Offer, OfferContext } from '../../src/offer/offer.ts';
import type { DeadLetterSummary } from '../../src/operate/dead-letter-archive.ts';
import type { CatalogItem } from '../../src/operate/product-catalog.ts';
import type { ProductItem } from '../../src/product/document.ts';
import type { MessageToSend, SendResult } from '../send/transport.ts';

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

export type Sample = MessageToSend & { name: string; expected: Expectation };

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
    return { name, source: path, body: readFileSync(path), expected: json(expected) };
  });
}

/** The samples that show what only a broker's positions can show, in the order they arrive. */
export function readEventSamples(folder = 'samples/events'): EventSample[] {
  return filesIn(folder, '.event.json').map(({ name, path, expected }) => {
    return { name, event: json(path), expected: json(expected) };
  });
}

/** Questions about the samples' products. */
export function readOfferSamples(): OfferSample[] {
  return json('samples/offers/questions.expected.json');
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

/** Everything in both containers: the items by ID, as they are listed and as a whole. */
export type Stored = { listed: CatalogItem[]; items: ProductItem[]; deadLetters: DeadLetterSummary[] };

/** What each part of the demo works with. Each gives what differs from what the samples say: nothing, if all is well. */
export type Demo = { stack: Stack; write: (text: string) => void; read: () => Promise<Stored> };

/** What differs between the answers and what the samples say must come of them; one line each. */
export function differencesInAnswers(
  samples: readonly Sample[],
  results: readonly Pick<SendResult, 'status' | 'outcome' | 'problem'>[],
): string[] {
  return samples.flatMap(({ name, expected }, index) => {
    const { status = null, outcome, problem } = results[index] ?? {};
    const wanted = answerText(expected.status, expected.outcome ?? expected.reason, expected.issues);
    const got = answerText(status, outcome ?? problem?.reason, problem?.issues);
    return got === wanted ? [] : [`${name}: expected ${wanted}; got ${got}`];
  });
}

function answerText(
  status: number | null,
  word: string | null = '',
  issues: readonly { path: string }[] = [],
): string {
  const paths = issues.map(({ path }) => path).sort();
  return [status ?? 'no answer', word, ...paths].join(' ').trim();
}

/** What differs between the stored items and the last sample of each product. */
export function differencesInStore(samples: readonly Sample[], items: readonly ProductItem[]): string[] {
  const stored = new Map(items.map((item) => [item.id, item]));
  const about = samples.filter(({ expected }) => expected.document !== undefined);
  const lastById = new Map(about.map((sample) => [String(sample.expected.productId), sample]));
  const unexpected = [...stored.keys()].filter((id) => !lastById.has(id));
  const faults = [...lastById].flatMap(([id, { name, expected }]) => {
    const fault = faultOf(stored.get(id), expected);
    return fault === null ? [] : [`${id}: ${fault} (${name})`];
  });
  return [...unexpected.map((id) => `${id}: is stored, but no sample says so`), ...faults];
}

/** What is wrong with a stored item; null if it is as expected. */
export function faultOf(
  item: ProductItem | undefined,
  { document, warnings = [] }: Pick<Expectation, 'document' | 'warnings'>,
): string | null {
  if (item === undefined) return 'nothing is stored';
  if (document === null) return 'deleted' in item ? null : 'should be gone';
  if (!isDeepStrictEqual(contentOf(item), document)) return 'the document is not as expected';
  const areSame = isDeepStrictEqual(sortedCodes(item.sync.warnings), sortedCodes(warnings));
  return areSame ? null : 'the warnings are not as expected';
}

function contentOf({ sync: _, ...content }: ProductItem): object {
  return content;
}

function sortedCodes(warnings: readonly { code: string; path: string }[]): string[] {
  return warnings.map(({ code, path }) => `${code} ${path}`).sort();
}

import { isDeepStrictEqual } from 'node:util';
import type { ProductItem } from '../../src/product/document.ts';
import type { SendResult } from '../send/transport.ts';
import type { Expectation, Sample } from './samples.ts';

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

/** What differs between the stored items and the last word of the samples on each product. */
export function differencesInStore(samples: readonly Sample[], items: readonly ProductItem[]): string[] {
  const stored = new Map(items.map((item) => [item.id, item]));
  const expectedById = lastWordOnEachProduct(samples);
  const unexpected = [...stored.keys()].filter((id) => !expectedById.has(id));
  const faults = [...expectedById].flatMap(([id, { name, expected }]) => {
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

function lastWordOnEachProduct(samples: readonly Sample[]): Map<string, Sample> {
  const last = new Map<string, Sample>();
  for (const sample of samples) {
    const { productId, document } = sample.expected;
    if (productId !== null && document !== undefined) last.set(productId, sample);
  }
  return last;
}

function contentOf({ sync: _, ...content }: ProductItem): object {
  return content;
}

function sortedCodes(warnings: readonly { code: string; path: string }[]): string[] {
  return warnings.map(({ code, path }) => `${code} ${path}`).sort();
}

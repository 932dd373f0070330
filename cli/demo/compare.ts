import { isDeepStrictEqual } from 'node:util';
import type { ProductItem } from '../../src/product/document.ts';
import type { SendResult } from '../send/sender.ts';
import type { Sample } from './samples.ts';

/** What differs between the answers and what the samples say must come of them; one line each. */
export function differencesInAnswers(
  samples: readonly Sample[],
  results: readonly Pick<SendResult, 'status' | 'outcome' | 'problem'>[],
): string[] {
  return samples.flatMap(({ name, expected }, index) => {
    const result = results[index];
    if (result === undefined) return [`${name}: was not sent`];
    const expectedText = answerText(expected.status, expected.outcome ?? expected.reason ?? null);
    const text = answerText(result.status, result.outcome ?? result.problem?.reason ?? null);
    const differences = text === expectedText ? [] : [`${name}: expected ${expectedText}, got ${text}`];
    const paths = (result.problem?.issues ?? []).map(({ path }) => path).sort();
    const expectedPaths = (expected.issues ?? []).map(({ path }) => path).sort();
    if (!isDeepStrictEqual(paths, expectedPaths)) {
      differences.push(`${name}: expected issues at ${expectedPaths.join(', ')}; got ${paths.join(', ')}`);
    }
    return differences;
  });
}

/** What differs between the stored items and the last word of the samples on each product. */
export function differencesInStore(samples: readonly Sample[], items: readonly ProductItem[]): string[] {
  const stored = new Map(items.map((item) => [item.id, item]));
  const expectedById = lastWordOnEachProduct(samples);
  const differences = [...stored.keys()]
    .filter((id) => !expectedById.has(id))
    .map((id) => `${id}: is stored, but no sample says so`);
  for (const [id, sample] of expectedById) {
    const item = stored.get(id);
    const { document, warnings = [] } = sample.expected;
    if (item === undefined) differences.push(`${id}: nothing is stored (${sample.name})`);
    else if (document === null) {
      if (!('deleted' in item)) differences.push(`${id}: should be gone (${sample.name})`);
    } else if (!isDeepStrictEqual(contentOf(item), document)) {
      differences.push(`${id}: the document is not as ${sample.name}.expected.json says`);
    } else if (!isDeepStrictEqual(sortedCodes(item.sync.warnings), sortedCodes(warnings))) {
      differences.push(`${id}: the warnings are not as ${sample.name}.expected.json says`);
    }
  }
  return differences;
}

function answerText(status: number | null, word: string | null): string {
  return `${status ?? 'no answer'} ${word ?? ''}`.trim();
}

function lastWordOnEachProduct(samples: readonly Sample[]): Map<string, Sample> {
  const last = new Map<string, Sample>();
  for (const sample of samples) {
    const { productId, document } = sample.expected;
    if (productId !== null && document !== undefined) last.set(productId, sample);
  }
  return last;
}

/** An item without its sync mark and Cosmos DB's own properties. */
export function contentOf(item: ProductItem): Record<string, unknown> {
  return Object.fromEntries(Object.entries(item).filter(([key]) => key !== 'sync' && !key.startsWith('_')));
}

function sortedCodes(warnings: readonly { code: string; path: string }[]): string[] {
  return warnings.map(({ code, path }) => `${code} ${path}`).sort();
}

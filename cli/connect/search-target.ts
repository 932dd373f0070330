import { misuse } from '../support/surroundings.ts';
import { givenSecret } from './given-secret.ts';
import { isSameDestination, type TargetSources, type WantedTarget } from './wanted-target.ts';

export type SearchFlags = {
  searchDomain?: string;
  searchSource?: string;
  searchEndpoint?: string;
  searchEntity?: string;
};

const VARIABLE = 'SITECORE_SEARCH_API_KEY';

/** Sitecore Search as a further target: kept where it is there, with what the flags change; else added. */
export async function searchTarget(flags: SearchFlags, sources: TargetSources): Promise<WantedTarget> {
  const { present, given } = sources;
  const values = {
    ...(flags.searchDomain && { Domain: flags.searchDomain }),
    ...(flags.searchSource && { Source: flags.searchSource }),
    ...(flags.searchEndpoint && { Endpoint: flags.searchEndpoint }),
    ...(flags.searchEntity && { Entity: flags.searchEntity }),
  };
  if (present === null) requireAll(flags);
  const isKept = isSameDestination('SearchIngestion', present, values) && given[VARIABLE] === undefined;
  const key = isKept
    ? null
    : await givenSecret(sources, { variable: VARIABLE, question: 'API key of Sitecore Search' });
  return {
    name: 'SearchIngestion',
    values: { ...values, ...(key && { ApiKey: key.value }) },
    origins: { ApiKey: key?.origin ?? 'kept' },
    notes: [],
  };
}

function requireAll(flags: SearchFlags): void {
  const missing = [
    ...(flags.searchDomain ? [] : ['--search-domain']),
    ...(flags.searchSource ? [] : ['--search-source']),
    ...(flags.searchEndpoint ? [] : ['--search-endpoint']),
    ...(flags.searchEntity ? [] : ['--search-entity']),
  ];
  if (missing.length > 0) {
    throw misuse(`There is no Sitecore Search target yet. To add one, give ${missing.join(', ')}.`);
  }
}

import { secretWarnings } from '../../src/settings/webhook-secrets.ts';
import { interrupted, usageError } from '../common/command-error.ts';
import type { Model } from '../ordercloud/model.ts';

/** The name of a target in `DeliveryTargets`. */
export type TargetName = 'Http' | 'EventHub' | 'Kafka' | 'SearchIngestion';

/** What a target of the delivery configuration shall hold. What is not named here stays as it is. */
export type WantedTarget = {
  name: TargetName;
  values: Model;
  /** Properties that it shall not hold any more. */
  removed?: readonly string[];
  /** Where each secret among the values comes from, by property: `from FUNCTIONS_KEY`. */
  origins: Readonly<Record<string, string>>;
  /** Made just now, to be shown once. */
  generatedSecret?: string;
  notes: readonly string[];
};

/** Where a target's values come from. */
export type TargetSources = {
  /** The environment and local.settings.json, without blanks. */
  given: Readonly<Record<string, string>>;
  /** The target as OrderCloud has it; secrets are not among it. */
  present: Model | null;
  askSecret: ((question: string) => Promise<string | null>) | null;
  /** Nothing is asked for then; what would have to be typed is said instead. */
  isDryRun: boolean;
};

/** What says where a target leads. */
export const DESTINATION: Readonly<Record<TargetName, readonly string[]>> = {
  Http: ['Endpoint'],
  EventHub: ['EventHubName'],
  Kafka: ['BootstrapServers', 'Topic'],
  SearchIngestion: ['Domain', 'Source', 'Endpoint', 'Entity'],
};

/**
 * Whether a target that is there leads where these values do. Only then may it keep its secrets: elsewhere they are
 * somebody else's, and would be sent to a system that they are not for.
 */
export function isSameDestination(name: TargetName, present: Model | null, values: Model): present is Model {
  return (
    present !== null &&
    DESTINATION[name].every(
      (property) => values[property] === undefined || values[property] === present[property],
    )
  );
}

/** By OrderCloud's .NET SDK, which documents the limits of its models. */
const MAX_SECRET_LENGTH = 50;

/** A word of warning for a secret that OrderCloud probably refuses. */
export function lengthNotes(what: string, value: string | undefined, advice: string): string[] {
  if (value === undefined || value.length <= MAX_SECRET_LENGTH) return [];
  return [`${what} has ${value.length} characters, and OrderCloud takes ${MAX_SECRET_LENGTH}. ${advice}`];
}

/** What is odd about a secret of the environment, such as white space that was pasted with it; never its value. */
export function spaceNotes(variable: string, secret: string): string[] {
  const isOdd = /white space|line break/;
  return secretWarnings(secret).flatMap((warning) =>
    isOdd.test(warning) ? [`${variable} ${warning}: both sides must have it so.`] : [],
  );
}

/** A secret from the environment, or asked for; never from the command line, where others could read it. */
export async function givenSecret(
  { given, askSecret, isDryRun }: TargetSources,
  { variable, question }: { variable: string; question: string },
): Promise<{ value: string; origin: string; notes: string[] }> {
  const value = given[variable];
  if (value !== undefined) return { value, origin: `from ${variable}`, notes: spaceNotes(variable, value) };
  if (isDryRun) return { value: '', origin: 'to be asked for', notes: [] };
  if (askSecret === null) throw usageError(`${variable} is not set, and there is no terminal to ask at.`);
  const answer = await askSecret(`${question} (not shown): `);
  if (answer === null) throw interrupted('Nothing was changed.');
  if (answer.trim() === '') throw usageError(`Nothing was given. Set ${variable}, or run the command again.`);
  return { value: answer.trim(), origin: 'as typed', notes: [] };
}

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
    notes: key?.notes ?? [],
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
    throw usageError(`There is no Sitecore Search target yet. To add one, give ${missing.join(', ')}.`);
  }
}

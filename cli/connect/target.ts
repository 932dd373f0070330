import { secretWarnings } from '../../src/settings/webhook-secrets.ts';
import { interrupted, usageError } from '../common/command-error.ts';
import type { Model } from '../ordercloud/model.ts';

/** The options of `connect` that say what targets shall hold. */
export type TargetFlags = {
  url?: string;
  /** False for --no-function-key. */
  functionKey?: boolean;
  newSecret?: true;
  hub?: string;
  bootstrapServers?: string;
  topic?: string;
  username?: string;
  searchDomain?: string;
  searchSource?: string;
  searchEndpoint?: string;
  searchEntity?: string;
};

/** The targets of `DeliveryTargets` that are known here, with the properties that say where each leads. */
export const DESTINATION = {
  Http: ['Endpoint'],
  EventHub: ['EventHubName'],
  Kafka: ['BootstrapServers', 'Topic'],
  SearchIngestion: ['Domain', 'Source', 'Endpoint', 'Entity'],
} as const;
export type TargetName = keyof typeof DESTINATION;

/** A secret that a target shall hold. */
export type Secret = {
  /** Undefined keeps the one that OrderCloud has. */
  value?: string;
  /** Where it comes from: `from FUNCTIONS_KEY`. */
  origin: string;
  /** Made just now, to be shown once. */
  isGenerated?: true;
  notes: readonly string[];
};

/** What a target of the delivery configuration shall hold. What is not named here stays as it is. */
export type WantedTarget = {
  name: TargetName;
  values: Model;
  /** By property. */
  secrets: Readonly<Record<string, Secret>>;
  /** Properties that it shall not hold any more. */
  removed?: readonly string[];
};

/** Where a target's values come from. */
export type TargetSources = {
  flags: TargetFlags;
  /** The environment and local.settings.json, without blanks. */
  given: Readonly<Record<string, string>>;
  /** The target as OrderCloud has it; secrets are not among it. */
  present: Model | null;
  askSecret: ((question: string) => Promise<string | null>) | null;
  /** Nothing is asked for then; what would have to be typed is said instead. */
  isDryRun: boolean;
};

/**
 * Whether a target that is there leads where these values do. Only then may it keep its secrets: elsewhere they are
 * somebody else's, and would be sent to a system that they are not for.
 */
export function isSameDestination(name: TargetName, present: Model | null, values: Model): present is Model {
  const differs = (property: string) =>
    values[property] !== undefined && values[property] !== present?.[property];
  return present !== null && !DESTINATION[name].some(differs);
}

export const KEPT: Secret = { origin: 'kept', notes: ['The secret stays as it is in OrderCloud.'] };

type WantedSecret = {
  variable: string;
  /** What it is: `API key of Sitecore Search`. */
  what: string;
  /** Whether OrderCloud may keep the one that it has. */
  isKept?: boolean;
};

/** A secret from the environment, kept, or asked for; never from the command line, where others could read it. */
export async function secretFrom(
  { given, askSecret, isDryRun }: TargetSources,
  { variable, what, isKept }: WantedSecret,
): Promise<Secret> {
  const value = given[variable];
  if (value !== undefined) return givenSecret(variable, value);
  if (isKept) return KEPT;
  if (isDryRun) return { value: '', origin: 'to be asked for', notes: [] };
  if (askSecret === null) throw usageError(`${variable} is not set, and there is no terminal to ask at.`);
  const answer = await askSecret(`${what} (not shown): `);
  if (answer === null) throw interrupted('Nothing was changed.');
  if (answer.trim() === '') throw usageError(`Nothing was given. Set ${variable}, or run the command again.`);
  return { value: answer.trim(), origin: 'as typed', notes: [] };
}

/** A secret of the environment, with a warning of what was probably pasted with it; never of its value. */
export function givenSecret(variable: string, value: string): Secret {
  const odd = secretWarnings(value).filter((warning) => /white space|line break/.test(warning));
  return {
    value,
    origin: `from ${variable}`,
    notes: odd.map((warning) => `${variable} ${warning}: both sides must have it so.`),
  };
}

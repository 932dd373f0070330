import { secretWarnings } from '../../src/settings/webhook-secrets.ts';
import { askForSecret, type CommandContext, type WantedSecret } from '../common/context.ts';
import type { Model } from '../ordercloud/model.ts';

/** The options of `connect` about targets. */
export type TargetFlags = {
  url?: string;
  /** False for --no-function-key. */
  functionKey?: boolean;
  hub?: string;
  bootstrapServers?: string;
  topic?: string;
  username?: string;
  searchDomain?: string;
  searchSource?: string;
  searchEndpoint?: string;
  searchEntity?: string;
};

/** The targets that this program knows, with the properties that say where each leads. */
export const DESTINATION = {
  Http: ['Endpoint'],
  EventHub: ['EventHubName'],
  Kafka: ['BootstrapServers', 'Topic'],
  SearchIngestion: ['Domain', 'Source', 'Endpoint', 'Entity'],
} as const;
export type TargetName = keyof typeof DESTINATION;

export type Secret = {
  /** Undefined keeps the one that OrderCloud has. */
  value?: string;
  /** Where it comes from: `from FUNCTIONS_KEY`. */
  origin: string;
  /** It is new: the user has to see it once. */
  isGenerated?: true;
  notes: readonly string[];
};

/** What to write into a target of the delivery configuration. Everything else in it stays as it is. */
export type WantedTarget = {
  name: TargetName;
  values: Model;
  /** By property. */
  secrets: Readonly<Record<string, Secret>>;
  /** Properties to remove. */
  removed?: readonly string[];
};

/** What a target is made from. */
export type TargetSources = {
  flags: TargetFlags;
  /** The environment and local.settings.json, without blanks. */
  given: Readonly<Record<string, string>>;
  /** The target as OrderCloud returns it, without secrets. */
  present: Model | null;
  askSecret: CommandContext['askSecret'];
  /** A dry run asks for nothing; it only says what it would ask for. */
  isDryRun: boolean;
};

/**
 * Whether the target that is there leads to the same place. Only then may it keep its secrets: otherwise OrderCloud would
 * send them to a system that they are not for.
 */
export function isSameDestination(name: TargetName, present: Model | null, values: Model): present is Model {
  const differs = (property: string) =>
    values[property] !== undefined && values[property] !== present?.[property];
  return present !== null && !DESTINATION[name].some(differs);
}

export const KEPT: Secret = { origin: 'kept', notes: ['The secret stays as it is in OrderCloud.'] };

/** A secret from the environment, or kept, or typed; never from the command line, where others could read it. */
export async function secretFrom(
  { given, askSecret, isDryRun }: TargetSources,
  { variable, what, isKept }: WantedSecret & { isKept?: boolean },
): Promise<Secret> {
  const value = given[variable];
  if (value !== undefined) return givenSecret(variable, value);
  if (isKept) return KEPT;
  if (isDryRun) return { value: '', origin: 'to be asked for', notes: [] };
  const typed = await askForSecret({ askSecret }, { variable, what });
  return { value: typed, origin: 'as typed', notes: [] };
}

/** A secret from the environment, with a warning about white space that was probably pasted with it. */
export function givenSecret(variable: string, value: string): Secret {
  const odd = secretWarnings(value).filter((warning) => /white space|line break/.test(warning));
  return {
    value,
    origin: `from ${variable}`,
    notes: odd.map((warning) => `${variable} ${warning}: both sides must have it so.`),
  };
}

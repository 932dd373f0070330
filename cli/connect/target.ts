import { secretWarnings } from '../../src/settings/webhook-secrets.ts';
import { askForSecret, type CommandContext, type WantedSecret } from '../common/context.ts';
import { HIDDEN, type Model } from '../ordercloud/model.ts';
import type { WriteFlags } from '../ordercloud/write-config.ts';

/** The options of the command, as commander gives them. */
export type ConnectFlags = WriteFlags & {
  id?: string;
  url?: string;
  /** False for --no-function-key. */
  functionKey?: boolean;
  hub?: string;
  bootstrapServers?: string;
  topic?: string;
  username?: string;
  searchIngestion?: true;
  searchDomain?: string;
  searchSource?: string;
  searchEndpoint?: string;
  searchEntity?: string;
  excludePriceSchedules?: true;
  replace?: true;
};

/** The targets that this program knows. */
export type TargetName = 'Http' | 'EventHub' | 'Kafka' | 'SearchIngestion';

/** A property of a target as it is to be. */
export type WantedValue = {
  /** Undefined removes it. */
  value: string | undefined;
  /** Where a secret comes from: `from FUNCTIONS_KEY`. */
  origin?: string;
  /** It is new: the user has to see it once. */
  isGenerated?: true;
  notes?: readonly string[];
};

/** What to write into a target of the delivery configuration. Everything else in it stays as it is. */
export type WantedTarget = { name: TargetName; properties: Readonly<Record<string, WantedValue>> };

/** What a target is made from. */
export type TargetSources = {
  flags: ConnectFlags;
  /** The environment and local.settings.json, without blanks. */
  given: Readonly<Record<string, string>>;
  /** The target as OrderCloud returns it, without secrets. */
  present: Model | null;
  context: CommandContext;
};

/**
 * Whether the target that is there leads to the same place. Only then may it keep its secrets: otherwise OrderCloud would
 * send them to a system that they are not for.
 */
export function isSameDestination(present: Model | null, values: Model): present is Model {
  const differs = ([property, value]: [string, unknown]) =>
    value !== undefined && value !== present?.[property];
  return present !== null && !Object.entries(values).some(differs);
}

/** The secret that OrderCloud has, and never returns. */
export const KEPT: WantedValue = { value: HIDDEN, notes: ['The secret stays as it is in OrderCloud.'] };

/** A secret from the environment, or kept, or typed; never from the command line, where others could read it. */
export async function secretFrom(
  { flags, given, context }: TargetSources,
  { variable, what, isKept }: WantedSecret & { isKept?: boolean },
): Promise<WantedValue> {
  const value = given[variable];
  if (value !== undefined) return givenSecret(variable, value);
  if (isKept) return KEPT;
  if (flags.dryRun) return { value: '', origin: 'to be asked for' };
  return { value: await askForSecret(context, { variable, what }), origin: 'as typed' };
}

/** A secret from the environment, with a warning about white space that was probably pasted with it. */
export function givenSecret(variable: string, value: string): WantedValue {
  const odd = secretWarnings(value).filter((warning) => /white space|line break/.test(warning));
  return {
    value,
    origin: `from ${variable}`,
    notes: odd.map((warning) => `${variable} ${warning}: both sides must have it so.`),
  };
}

/** The same, with further notes. */
export function withNotes(wanted: WantedValue, notes: readonly string[]): WantedValue {
  return { ...wanted, notes: [...(wanted.notes ?? []), ...notes] };
}

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

import * as z from 'zod';

/** Environment variables, as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What a setting is for. Each part works without the others, except `app`, which all need. */
export type Part = 'app' | 'webhooks' | 'event-hub' | 'kafka' | 'offers' | 'telemetry';

/** One setting that is missing or malformed. Never holds the setting's value. */
export type SettingsProblem = { part: Part; name: string; problem: string };

/** A part's settings by name; the schemas' messages say what each must be. */
export type Table = Readonly<Record<string, z.ZodType>>;

type Values<Settings extends Table> = { [Name in keyof Settings]: z.output<Settings[Name]> };

/**
 * Reads the settings of one part, and reports everything that is wrong with them. `right` has those that are right,
 * `settings` all, and null where something is wrong. An empty variable counts as absent, because the portal and shells
 * make it easy to leave one behind.
 */
export function readSettings<Settings extends Table>(part: Part, table: Settings, env: Environment) {
  const right: Record<string, unknown> = {};
  const problems = Object.entries(table).flatMap(([name, schema]): SettingsProblem[] => {
    const value = env[name] || undefined;
    const { success, data, error } = schema.safeParse(value);
    if (success) right[name] = data;
    const problem = isUnresolved(value) ? UNRESOLVED : error?.issues[0]?.message;
    return problem === undefined ? [] : [{ part, name, problem }];
  });
  return {
    settings: problems.length === 0 ? (right as Values<Settings>) : null,
    right: right as Partial<Values<Settings>>,
    problems,
  };
}

export const IS_MISSING = 'is missing';

/** A setting that has to be there. `mustBe` says in words what `isRight` checks. */
export function text(mustBe: string, isRight: (value: string) => boolean) {
  return z.string(IS_MISSING).refine(isRight, mustBe);
}

export function wholeNumber(min: number, max: number, fallback: number) {
  const mustBe = `must be a whole number from ${min} to ${max}`;
  const isInRange = (number: number) => number >= min && number <= max;
  return z
    .string()
    .regex(/^\d{1,9}$/, mustBe)
    .transform(Number)
    .refine(isInRange, mustBe)
    .default(fallback);
}

/** What is wrong with a reference to a secret that Azure could not resolve. */
export const UNRESOLVED = 'is a reference that Azure could not resolve';

/**
 * Whether this is a reference to a Key Vault or an App Configuration. If Azure cannot resolve one, it leaves the reference
 * itself in the setting, and anybody can guess that text.
 */
export function isUnresolved(value: string | undefined): boolean {
  return /^\s*@Microsoft\./i.test(value ?? '');
}

const CONSEQUENCES: Record<Part, string> = {
  app: 'Nothing is processed until you fix this',
  webhooks: 'Webhooks get 503 until you fix this',
  'event-hub': 'The Event Hub is not read until you fix this',
  kafka: 'Kafka is not read until you fix this',
  offers: 'There are no offers until you fix this',
  telemetry: 'Telemetry goes on without this',
};

/** One line a person can act on: every setting that is wrong, by name, and what does not work meanwhile. */
export function settingsReport(problems: readonly SettingsProblem[]): string {
  const parts = Object.entries(CONSEQUENCES).flatMap(([part, consequence]) => {
    const ofPart = problems.filter((problem) => problem.part === part);
    const listed = ofPart.map(({ name, problem }) => `${name} ${problem}`).join('; ');
    return ofPart.length === 0 ? [] : `${consequence}: ${listed}.`;
  });
  return `Settings are wrong. ${parts.join(' ')}`;
}

/** Environment variables, as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What a setting is for. Each part works without the others, except `app`, which all need. */
export type Part = 'app' | 'webhooks' | 'event-hub' | 'kafka' | 'offers' | 'telemetry';

/** One setting that is missing or malformed. Never holds the setting's value. */
export type SettingsProblem = { part: Part; name: string; problem: string };

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

/** Collects the problems of one part. */
export function problemsOf(part: Part) {
  const problems: SettingsProblem[] = [];
  /** Checks one setting, which may not be empty. `problem` says what it must be. */
  const check = (
    { name, value }: { name: string; value: string | undefined },
    problem: string,
    isRight: (value: string) => boolean = Boolean,
  ) => {
    if (!value) problems.push({ part, name, problem: IS_MISSING });
    else if (isUnresolved(value)) problems.push({ part, name, problem: UNRESOLVED });
    else if (!isRight(value)) problems.push({ part, name, problem });
  };
  return { problems, check };
}

export const IS_MISSING = 'is missing';

/** What is wrong with a reference to a secret that Azure could not resolve. */
export const UNRESOLVED = 'is a reference that Azure could not resolve';

/**
 * Whether this is a reference to a Key Vault or an App Configuration. If Azure cannot resolve one, it leaves the reference
 * itself in the setting, and anybody can guess that text.
 */
export function isUnresolved(value: string): boolean {
  return /^\s*@Microsoft\./i.test(value);
}

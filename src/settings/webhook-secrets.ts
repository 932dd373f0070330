import type { Environment, SettingsProblem } from './read-settings.ts';
import { isUnresolved, UNRESOLVED } from './read-settings.ts';

/** The setting with the secrets of OrderCloud's delivery configurations. */
export const WEBHOOK_SECRETS = 'ORDERCLOUD_WEBHOOK_SECRETS';

/** OrderCloud's own are longer; somebody could find a shorter one by trying. */
const SHORT = 16;

/** White space, and what is just as invisible: control and zero-width characters. */
const BLANK = /^[\s\p{C}]*$/u;
const BLANK_OR_QUOTE_AT_AN_END = /^[\s\p{C}"'`]|[\s\p{C}"'`]$/u;
const LINE_BREAK_OR_MARK = /[\r\n\u2028\u2029\ufeff]/;

/**
 * Reads the secrets that may sign webhooks, more than one during a rotation: separated by commas, untrimmed, empty ones
 * dropped. One that anybody can guess makes all of them unusable: the app would accept anybody's webhook.
 */
export function readWebhookSecrets(env: Environment) {
  const secrets = (env[WEBHOOK_SECRETS] ?? '').split(',').filter((secret) => secret !== '');
  const problems: SettingsProblem[] = [];
  const warnings: string[] = [];
  for (const [index, secret] of secrets.entries()) {
    const which = secrets.length === 1 ? '' : ` (secret ${index + 1} of ${secrets.length})`;
    const problem = problemIn(secret);
    if (problem !== null)
      problems.push({ part: 'webhooks', name: WEBHOOK_SECRETS, problem: problem + which });
    warnings.push(...secretWarnings(secret).map((warning) => `${WEBHOOK_SECRETS} ${warning}${which}`));
  }
  if (problems.length > 0) return { secrets: [], problems, warnings: [] };
  return { secrets, problems, warnings };
}

function problemIn(secret: string): string | null {
  if (isUnresolved(secret)) return UNRESOLVED;
  return BLANK.test(secret) ? 'is blank' : null;
}

/** What is odd about a secret: a mistake, unless both sides have the same one. */
export function secretWarnings(secret: string): string[] {
  const warnings: string[] = [];
  if (secret.length < SHORT) warnings.push(`is shorter than ${SHORT} characters`);
  if (LINE_BREAK_OR_MARK.test(secret)) warnings.push('holds a line break or a byte order mark');
  else if (BLANK_OR_QUOTE_AT_AN_END.test(secret)) {
    warnings.push('begins or ends with white space or quotes, which count');
  }
  return warnings;
}

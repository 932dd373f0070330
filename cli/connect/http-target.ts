import { randomBytes } from 'node:crypto';
import { isSafeUrl } from '../../src/settings/addresses.ts';
import { readWebhookSecrets } from '../../src/settings/webhook-secrets.ts';
import { usageError } from '../common/command-error.ts';
import { isWebhookUrl, WEBHOOK_ROUTE, withoutTrailingSlash } from '../common/url.ts';
import type { Model } from '../ordercloud/model.ts';
import {
  givenSecret,
  isSameDestination,
  KEPT,
  secretFrom,
  type TargetSources,
  type WantedTarget,
  type WantedValue,
  withNotes,
} from './target.ts';

const KEY_HEADER = 'x-functions-key';

const EXAMPLE = `https://NAME.azurewebsites.net/api${WEBHOOK_ROUTE}`;

/** The app's webhook, with its key and the secret that signs the messages. */
export async function httpDeliveryTarget(sources: TargetSources): Promise<WantedTarget> {
  const url = webhookUrl(sources.flags.url ?? '');
  const { present } = sources;
  const former = String(present?.Endpoint);
  // With a trailing slash it is the same target: it stays as it is.
  const Endpoint = former.replace(/\/+(?=\?|$)/, '') === url.href ? former : url.href;
  const kept = isSameDestination(present, { Endpoint }) ? present : null;
  const Secret = withLengthNote(
    webhookSecret(sources, kept),
    'The webhook secret',
    'One that fits: openssl rand -hex 24',
  );
  const key = await functionKey(url, sources, kept);
  const properties = { Endpoint: { value: Endpoint }, Secret };
  // Otherwise OrderCloud would send the old key to the new address.
  const isKeyRemoved = kept === null && key === null && present?.CustomAuthHeaderName !== undefined;
  if (key === null && !isKeyRemoved) return { name: 'Http', properties };
  const CustomAuthHeaderName = { value: key === null ? undefined : KEY_HEADER };
  const CustomAuthHeaderValue = key ?? { value: undefined };
  return { name: 'Http', properties: { ...properties, CustomAuthHeaderName, CustomAuthHeaderValue } };
}

function webhookUrl(text: string): URL {
  if (!isSafeUrl(text)) throw usageError(`--url must be an address such as ${EXAMPLE}.`);
  const url = new URL(text);
  url.pathname = url.pathname === '/' ? `/api${WEBHOOK_ROUTE}` : withoutTrailingSlash(url.pathname);
  if (isWebhookUrl(url)) return url;
  throw usageError(
    `--url must end in ${WEBHOOK_ROUTE}, such as ${EXAMPLE}: at another address, messages can be lost without an error.`,
  );
}

const SAME_SECRET =
  'The app must hold the same secret in ORDERCLOUD_WEBHOOK_SECRETS, or it refuses every message.';

/** During a rotation (`old,new`), the last secret is the one to sign with. */
function webhookSecret({ given, present }: TargetSources, kept: Model | null): WantedValue {
  for (const variable of ['ORDERCLOUD_WEBHOOK_SECRET', 'ORDERCLOUD_WEBHOOK_SECRETS']) {
    const value = given[variable]?.split(',').findLast((each) => each !== '');
    if (value === undefined) continue;
    requireSecret(variable, value);
    return withNotes(givenSecret(variable, value), [SAME_SECRET]);
  }
  if (kept !== null) return KEPT;
  return {
    value: randomBytes(32).toString('base64url'),
    origin: 'new, random',
    isGenerated: true,
    notes: present === null ? [] : ['The address is a new one, so its former secret is not kept.'],
  };
}

/** Refuses a secret that anybody can guess. */
function requireSecret(variable: string, value: string): void {
  const [problem] = readWebhookSecrets({ ORDERCLOUD_WEBHOOK_SECRETS: value }).problems;
  if (problem !== undefined) throw usageError(`${variable} ${problem.problem}.`);
}

async function functionKey(
  url: URL,
  sources: TargetSources,
  kept: Model | null,
): Promise<WantedValue | null> {
  const { flags, given } = sources;
  if (flags.functionKey === false) return null;
  if (given.FUNCTIONS_KEY === undefined) {
    const isLocal = url.protocol === 'http:';
    if (isLocal || url.searchParams.has('code') || kept?.CustomAuthHeaderName === KEY_HEADER) return null;
  }
  const key = await secretFrom(sources, {
    variable: 'FUNCTIONS_KEY',
    what: 'key of the function productWebhook; without one, pass --no-function-key',
  });
  return withLengthNote(
    key,
    'The function key',
    'Keys that Azure makes are longer; make one that fits: az functionapp function keys set -g GROUP -n NAME --function-name productWebhook --key-name ordercloud --key-value VALUE',
  );
}

/** By OrderCloud's .NET SDK, which documents the limits of its models. */
const MAX_SECRET_LENGTH = 50;

/** Warns of a secret that OrderCloud probably refuses. */
function withLengthNote(secret: WantedValue, what: string, advice: string): WantedValue {
  const { length } = secret.value ?? '';
  if (length <= MAX_SECRET_LENGTH) return secret;
  return withNotes(secret, [
    `${what} has ${length} characters, and OrderCloud takes ${MAX_SECRET_LENGTH}. ${advice}`,
  ]);
}

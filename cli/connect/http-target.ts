import { randomBytes } from 'node:crypto';
import { readWebhookSecrets } from '../../src/settings/webhook-secrets.ts';
import { usageError } from '../common/command-error.ts';
import { httpUrl, isSafeForKeys, isWebhookUrl, WEBHOOK_ROUTE, withoutTrailingSlash } from '../common/url.ts';
import {
  givenSecret,
  isSameDestination,
  lengthNotes,
  spaceNotes,
  type TargetSources,
  type WantedTarget,
} from './target.ts';

/** `functionKey` is false for --no-function-key. */
export type HttpFlags = { url: string; functionKey: boolean; newSecret?: true };

const KEY_HEADER = 'x-functions-key';

const KEY_ADVICE =
  'Keys that Azure makes are longer; make one that fits: az functionapp function keys set -g GROUP -n NAME --function-name productWebhook --key-name ordercloud --key-value VALUE';

const EXAMPLE = `https://NAME.azurewebsites.net/api${WEBHOOK_ROUTE}`;

/** The app's webhook, with its key and the secret that signs the messages. */
export async function httpTarget(flags: HttpFlags, sources: TargetSources): Promise<WantedTarget> {
  const url = webhookUrl(flags.url);
  const present = String(sources.present?.Endpoint ?? '');
  // With a slash at its end it is the same target, and stays as it is.
  const endpoint = isSameWebhook(present, url) ? present : url.href;
  const isMoved = !isSameDestination('Http', sources.present, { Endpoint: endpoint });
  const kept = isMoved ? null : sources.present;
  const secret = webhookSecret(flags, { ...sources, kept });
  const key = await functionKey(url, flags, { ...sources, kept });
  return {
    name: 'Http',
    values: {
      Endpoint: endpoint,
      ...(secret.value !== undefined && { Secret: secret.value }),
      ...(key && { CustomAuthHeaderName: KEY_HEADER, CustomAuthHeaderValue: key.value }),
    },
    // Else the former key would be sent to the new address.
    ...(isMoved &&
      key === null &&
      sources.present?.CustomAuthHeaderName !== undefined && {
        removed: ['CustomAuthHeaderName', 'CustomAuthHeaderValue'],
      }),
    origins: { Secret: secret.origin, ...(key && { CustomAuthHeaderValue: key.origin }) },
    ...(secret.isGenerated && { generatedSecret: secret.value }),
    notes: [
      ...secret.notes,
      ...(key?.notes ?? []),
      ...lengthNotes('The webhook secret', secret.value, 'With --new-secret one that fits is made.'),
      ...lengthNotes('The function key', key?.value, KEY_ADVICE),
    ],
  };
}

function webhookUrl(text: string): URL {
  const url = httpUrl(text);
  if (url === null || !isSafeForKeys(url)) throw usageError(`--url must be an address such as ${EXAMPLE}.`);
  url.pathname = url.pathname === '/' ? `/api${WEBHOOK_ROUTE}` : withoutTrailingSlash(url.pathname);
  if (isWebhookUrl(url)) return url;
  throw usageError(
    `--url must end in ${WEBHOOK_ROUTE}, such as ${EXAMPLE}: at another address, messages can be lost without an error.`,
  );
}

function isSameWebhook(present: string, url: URL): boolean {
  const former = httpUrl(present);
  if (former === null) return false;
  former.pathname = withoutTrailingSlash(former.pathname);
  return former.href === url.href;
}

/** `kept` is the target that keeps its secrets: null where there is none, or it leads elsewhere. */
type Sources = TargetSources & { kept: TargetSources['present'] };

type Secret = { value?: string; origin: string; isGenerated?: true; notes: string[] };

const SAME_SECRET =
  'The app must hold the same secret in ORDERCLOUD_WEBHOOK_SECRETS, or it refuses every message.';

/** What anybody can guess is refused; what is odd is told. */
function secretNotes(variable: string, value: string): string[] {
  const [problem] = readWebhookSecrets({ ORDERCLOUD_WEBHOOK_SECRETS: value }).problems;
  if (problem !== undefined) throw usageError(`${variable} ${problem.problem}.`);
  return spaceNotes(variable, value);
}

const OTHER_ADDRESS = 'The address is a new one, so its former secret is not kept.';

/** While secrets are rotated (`old,new`), the last one is the one to sign with. */
function webhookSecret({ newSecret }: HttpFlags, { given, present, kept }: Sources): Secret {
  if (!newSecret) {
    for (const variable of ['ORDERCLOUD_WEBHOOK_SECRET', 'ORDERCLOUD_WEBHOOK_SECRETS']) {
      const value = given[variable]?.split(',').findLast((each) => each !== '');
      if (value !== undefined)
        return { value, origin: `from ${variable}`, notes: [SAME_SECRET, ...secretNotes(variable, value)] };
    }
    if (kept !== null) return { origin: 'kept', notes: ['The secret stays as it is in OrderCloud.'] };
  }
  return {
    value: randomBytes(32).toString('base64url'),
    origin: 'new, random',
    isGenerated: true,
    notes: present !== null && kept === null ? [OTHER_ADDRESS] : [],
  };
}

async function functionKey(url: URL, { functionKey: isWanted }: HttpFlags, sources: Sources) {
  const { given, kept } = sources;
  if (!isWanted) return null;
  if (given.FUNCTIONS_KEY === undefined) {
    const isLocal = url.protocol === 'http:';
    if (isLocal || url.searchParams.has('code') || kept?.CustomAuthHeaderName === KEY_HEADER) return null;
    if (sources.askSecret === null && !sources.isDryRun) {
      throw usageError(
        'FUNCTIONS_KEY is not set: the key of the function productWebhook. Without one: --no-function-key.',
      );
    }
  }
  return givenSecret(sources, { variable: 'FUNCTIONS_KEY', question: 'Key of the function productWebhook' });
}

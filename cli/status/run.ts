import { type AccountFlags, withAccount } from '../common/account.ts';
import { CommandError, usageError } from '../common/command-error.ts';
import { type CommandContext, givenSettings, print } from '../common/context.ts';
import { orderCloudOf } from '../ordercloud/settings.ts';
import { DEFAULT_URL } from '../send/webhook.ts';
import { checksFor, typeChecks } from './checks.ts';
import { type Health, healthUrlOf, readHealth } from './health.ts';
import { readAppSide, readContainerSide, readOrderCloudSide } from './sides.ts';
import { type SideOrProblem, type Status, statusText } from './text.ts';

export type StatusFlags = AccountFlags & { url?: string };

/** `status`: what is configured on both sides, whether it matches, and whether it keeps up. Resolves to the exit code. */
export async function status(flags: StatusFlags, context: CommandContext): Promise<number> {
  if (flags.url !== undefined && healthUrlOf(flags.url) === null) {
    throw usageError('--url must be an address such as https://NAME.azurewebsites.net.');
  }
  const given = await givenSettings(context);
  const [orderCloud, container] = await Promise.all([
    sideOrProblem(async () => {
      // Nobody aborts it: Ctrl-C ends at once what only reads.
      const api = await orderCloudOf(context, new AbortController().signal);
      return { baseUrl: api.baseUrl, ...(await readOrderCloudSide(api)) };
    }),
    sideOrProblem(() => withAccount(context, flags, readContainerSide)),
  ]);
  const app = readAppSide(given, container.side?.isLocal);
  const endpoint = orderCloud.side?.delivery?.targets.http?.endpoint;
  const isLocal = container.side?.isLocal === true;
  // A key of the function productWebhook alone, which FUNCTIONS_KEY may be, is refused there.
  const key = given.FUNCTIONS_HEALTH_KEY ?? given.FUNCTIONS_KEY;
  const health = await healthOf(flags.url ?? endpoint, isLocal, key);
  const checks = orderCloud.side === null ? [] : checksFor(orderCloud.side, app);
  checks.push(...typeChecks(health?.nearMisses ?? []));
  const all: Status = { orderCloud, app, container, health, checks };
  print(context, flags.json ? all : statusText(all, Date.now()));
  const isRead = orderCloud.problem === null && container.problem === null;
  return isRead && health?.isHealthy !== false && checks.every(({ ok }) => ok) ? 0 : 1;
}

/** Null where nobody knows the app's address. The local stack may have been given another port than this one. */
async function healthOf(
  address: string | undefined,
  isLocal: boolean,
  key: string | undefined,
): Promise<Health | null> {
  const url = healthUrlOf(address);
  if (url !== null) return readHealth(url, key);
  const local = isLocal ? await readHealth(healthUrlOf(DEFAULT_URL) ?? '', key) : null;
  return local?.isHealthy ? local : null;
}

/** One side that cannot be read must not hide the other. */
async function sideOrProblem<Side>(read: () => Promise<Side>): Promise<SideOrProblem<Side>> {
  try {
    return { problem: null, side: await read() };
  } catch (error) {
    if (error instanceof CommandError && error.exitCode !== 130)
      return { problem: error.message, side: null };
    throw error;
  }
}

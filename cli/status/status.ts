import { withAccount } from '../dead-letters/account.ts';
import { accountOptions, type CommonFlags } from '../dead-letters/account-options.ts';
import { givenSettings } from '../ordercloud/settings.ts';
import { type OrderCloudSurroundings, orderCloudOf } from '../ordercloud/surroundings.ts';
import { CommandError } from '../support/command-error.ts';
import { misuse, writeJson } from '../support/surroundings.ts';
import { type AppSide, readAppSide } from './app-side.ts';
import { type ContainerSide, readContainerSide } from './container-side.ts';
import { type Check, fitOf } from './fit.ts';
import { type Health, healthKeyIn, healthUrlOf, readHealth } from './health.ts';
import { type OrderCloudSide, readOrderCloudSide } from './order-cloud-side.ts';
import { statusText } from './status-text.ts';

export type StatusFlags = CommonFlags & { url?: string };

/** A side that could be looked at, or why not. */
export type Looked<Side> = { problem: null; side: Side } | { problem: string; side: null };

/** Everything that one screen shows. */
export type Status = {
  orderCloud: Looked<OrderCloudSide & { baseUrl: string }>;
  app: AppSide;
  container: Looked<ContainerSide>;
  /** Null where nobody knows the app's address. */
  health: Health | null;
  checks: Check[];
};

/** `status`: what is configured on both sides, whether it fits, and whether it keeps up. Resolves to the exit code. */
export async function status(flags: StatusFlags, at: OrderCloudSurroundings): Promise<number> {
  if (flags.url !== undefined && healthUrlOf(flags.url) === null) {
    throw misuse('--url must be an address such as https://NAME.azurewebsites.net.');
  }
  const signal = at.interrupt();
  const given = await givenSettings(at);
  const app = readAppSide(given);
  const [orderCloud, container] = await Promise.all([
    looked(async () => {
      const api = await orderCloudOf(at);
      return { baseUrl: api.baseUrl, ...(await readOrderCloudSide(api, signal)) };
    }),
    looked(() => withAccount(accountOptions(at, flags, signal), readContainerSide)),
  ]);
  const endpoint = orderCloud.side?.delivery?.targets.http?.endpoint;
  const healthUrl = healthUrlOf(flags.url ?? endpoint);
  const health = healthUrl === null ? null : await readHealth(healthUrl, { key: healthKeyIn(given), signal });
  signal.throwIfAborted();
  const checks = orderCloud.side === null ? [] : fitOf(orderCloud.side, app);
  const all: Status = { orderCloud, app, container, health, checks };
  if (flags.json) writeJson(at, all);
  else at.stdout.write(`${statusText(all, Date.now())}\n`);
  const isLookedAt = orderCloud.problem === null && container.problem === null;
  return isLookedAt && health?.isHealthy !== false && checks.every(({ ok }) => ok) ? 0 : 1;
}

/** One side that cannot be looked at must not hide the other. */
async function looked<Side>(look: () => Promise<Side>): Promise<Looked<Side>> {
  try {
    return { problem: null, side: await look() };
  } catch (error) {
    if (error instanceof CommandError && error.exitCode !== 130)
      return { problem: error.message, side: null };
    throw error;
  }
}

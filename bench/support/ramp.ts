import type { WebhookLoad } from './webhook-load.ts';

const STEP_SECONDS = 4;
const SHARES = [1, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2];
const MAX_P99_MS = 1_000;

/** Webhooks per second: as fast as they are answered, however long that takes, and what is sustained. */
export type Rates = { most: number; sustained: number };

/**
 * Finds the highest rate an app sustains: first it is pressed as fast as it answers; then at falling shares of that
 * rate, until all is answered 200, as fast as it is sent, and 99 % within a second.
 */
export async function findRates(load: WebhookLoad, url: string, connections: number): Promise<Rates> {
  // Twice: at first the engine is still compiling.
  await load.press(url, { connections, seconds: STEP_SECONDS });
  const { perSecond: most } = await load.press(url, { connections, seconds: STEP_SECONDS });
  for (const share of SHARES) {
    const perSecond = Math.round(most * share);
    const pressed = await load.press(url, { connections, seconds: STEP_SECONDS, perSecond });
    const isSustained =
      pressed.failed + pressed.refused === 0 &&
      pressed.perSecond >= perSecond * 0.95 &&
      pressed.p99 <= MAX_P99_MS;
    if (isSustained) return { most, sustained: perSecond };
  }
  throw new Error(`No rate from ${Math.round(most)} webhooks/s down was sustained: is the machine busy?`);
}

import { app, type WarmupHandler } from '@azure/functions';
import type { App } from '../src/app.ts';
import { errorTypeOf } from '../src/telemetry/trace.ts';
import { logTo } from './log-to.ts';

/** Azure calls it on each added instance, before the instance gets its first message. */
export function warmUp(productSync: App): WarmupHandler {
  return async (_, context) => {
    await productSync.warmUp().catch((error: unknown) => {
      logTo(context)('error', 'the warm-up failed', { problem: errorTypeOf(error) });
    });
  };
}

/** There can be only one, and Azure requires this name. */
export function registerWarmUp(productSync: App): void {
  app.warmup('warmup', { handler: warmUp(productSync) });
}

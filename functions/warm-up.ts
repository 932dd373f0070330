import { app, type WarmupHandler } from '@azure/functions';
import type { App } from '../src/app.ts';

/** Azure calls it on an instance that is added to others, before that gets its first message. */
export function warmUp(productSync: App): WarmupHandler {
  return async () => {
    await productSync.warmUp();
  };
}

/** There can be one, and Azure wants it to have this very name. */
export function registerWarmUp(productSync: App): void {
  app.warmup('warmup', { handler: warmUp(productSync) });
}

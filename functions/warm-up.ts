import { app } from '@azure/functions';
import type { App } from '../src/app.ts';

/** Azure calls it on each added instance, before the instance gets its first message. It requires this name. */
export function registerWarmUp(productSync: App): void {
  app.warmup('warmup', { handler: () => productSync.warmUp() });
}

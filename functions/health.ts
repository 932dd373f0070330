import type { HttpFunctionOptions } from '@azure/functions';
import type { App } from '../src/app.ts';
import { ignoredTypes } from '../src/telemetry/ignored-types.ts';
import { httpHandler } from './http-handler.ts';

/**
 * `GET /api/health` answers load balancers and people with the failing checks, and with the types of ignored messages
 * that are nearly product types. It needs a function key, because a request that the Functions host cannot forward
 * restarts the worker: nobody without a key may send one.
 */
export function health(productSync: App): HttpFunctionOptions {
  const handler = httpHandler(async () => {
    const failing = await productSync.failingHealthChecks();
    const nearMisses = ignoredTypes.nearMisses();
    const isHealthy = failing.length === 0;
    return {
      status: isHealthy ? 200 : 503,
      headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
      body: {
        ...(isHealthy ? { status: 'healthy' } : { status: 'unhealthy', failing }),
        ...(nearMisses.length > 0 && { nearMisses }),
      },
    };
  });
  return { route: 'health', methods: ['GET'], authLevel: 'function', handler };
}

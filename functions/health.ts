import { app, type HttpHandler } from '@azure/functions';
import type { App } from '../src/app.ts';

/** Names the failing checks, and nothing else: the endpoint is anonymous. */
export function health(productSync: App): HttpHandler {
  return async () => {
    const failing = await productSync.failingHealthChecks();
    const isHealthy = failing.length === 0;
    return {
      status: isHealthy ? 200 : 503,
      headers: { 'cache-control': 'no-store' },
      jsonBody: isHealthy ? { status: 'healthy' } : { status: 'unhealthy', failing },
    };
  };
}

/** `GET /api/health`, for load balancers and people. */
export function registerHealth(productSync: App): void {
  app.http('health', {
    route: 'health',
    methods: ['GET'],
    authLevel: 'anonymous',
    handler: health(productSync),
  });
}

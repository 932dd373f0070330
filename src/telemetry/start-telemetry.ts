import type { Log } from '../log.ts';
import type { Telemetry } from './attach.ts';
import type { TelemetrySettings } from './telemetry-settings.ts';

/**
 * Attaches exporters to what the app measures, if the settings ask for one. It loads their libraries only then, and only
 * after the functions are registered, so that a start does not wait for them. It never throws: it logs what goes
 * wrong, and the app processes messages all the same.
 */
export function startTelemetry(log: Log, settings: TelemetrySettings): Telemetry {
  if (!isWanted(settings)) return { end: async () => {} };
  const attached = afterThisTurn()
    .then(() => import('./attach.ts'))
    .then(({ attach }) => attach(log, settings));
  const failed = (error: unknown) => {
    const problem = error instanceof Error ? error.name : 'unknown';
    log('error', 'telemetry could not be attached: nothing is exported', { problem });
  };
  const ready = attached.catch(failed);
  return { end: async () => (await ready)?.end() };
}

function isWanted({ connectionString, otlp }: TelemetrySettings): boolean {
  return connectionString !== null || otlp.traces !== null || otlp.metrics !== null;
}

function afterThisTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

import { setImmediate } from 'node:timers/promises';
import type { Log } from '../log.ts';
import type { Telemetry } from './attach.ts';
import type { TelemetrySettings } from './telemetry-settings.ts';
import { errorTypeOf } from './trace.ts';

/**
 * Attaches exporters to what the app measures, if the settings ask for one. It never throws: it logs what goes wrong, and
 * the app processes messages all the same.
 */
export function startTelemetry(log: Log, settings: TelemetrySettings): Telemetry {
  const { connectionString, otlp } = settings;
  if (connectionString === null && otlp.traces === null && otlp.metrics === null) {
    return { end: async () => {} };
  }
  // After the functions are registered: a start does not wait until the libraries are loaded.
  const attached = setImmediate()
    .then(() => import('./attach.ts'))
    .then(({ attach }) => attach(log, settings))
    .catch((error: unknown) => {
      log('error', 'telemetry could not be attached: nothing is exported', { problem: errorTypeOf(error) });
    });
  return { end: async () => (await attached)?.end() };
}

import { app } from '@azure/functions';
import { startTelemetry } from '../src/telemetry/start-telemetry.ts';
import type { TelemetrySettings } from '../src/telemetry/telemetry-settings.ts';
import { logToConsole } from './log-to.ts';

/** Exports what settings ask for, and sends what is left when the worker ends. */
export function registerTelemetry(settings: TelemetrySettings): void {
  // Application Insights' exporter sends figures about itself to Microsoft otherwise, and listens to this alone.
  process.env.APPLICATION_INSIGHTS_NO_STATSBEAT = 'true';
  const telemetry = startTelemetry(logToConsole, settings);
  app.hook.appTerminate(() => telemetry.end());
}

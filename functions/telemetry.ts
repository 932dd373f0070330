import { app } from '@azure/functions';
import { startTelemetry } from '../src/telemetry/start-telemetry.ts';
import type { TelemetrySettings } from '../src/telemetry/telemetry-settings.ts';
import { logToConsole } from './log-to.ts';

/** Exports what the settings ask for, and sends the rest when the worker ends. */
export function registerTelemetry(settings: TelemetrySettings): void {
  // Without it, Application Insights' exporter sends figures about itself to Microsoft. It reads this variable only.
  process.env.APPLICATION_INSIGHTS_NO_STATSBEAT = 'true';
  const telemetry = startTelemetry(logToConsole, settings);
  app.hook.appTerminate(() => telemetry.end());
}

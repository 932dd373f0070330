import { app } from '@azure/functions';
import { telemetrySettings, withoutUsageReports } from '../src/config.ts';
import { startTelemetry } from '../src/telemetry/start-telemetry.ts';
import { logToConsole } from './log-to.ts';

/** Exports what settings ask for, and sends what is left when the worker ends. */
export function registerTelemetry(): void {
  withoutUsageReports();
  const telemetry = startTelemetry(logToConsole, telemetrySettings());
  app.hook.appTerminate(() => telemetry.end());
}

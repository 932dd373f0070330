import { rm } from 'node:fs/promises';
import { build } from 'esbuild';

// One CommonJS file holds the whole app, @azure/functions included; @azure/functions-core is supplied by the
// Functions worker and exists nowhere else.
await rm('dist', { recursive: true, force: true });
await build({
  entryPoints: ['functions/main.ts'],
  outfile: 'dist/main.cjs',
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  external: ['@azure/functions-core'],
  // Of packages that bring both forms, the one of which unused parts can be left out: OpenTelemetry's is a third then.
  mainFields: ['module', 'main'],
  minify: true,
  sourcemap: true,
  logLevel: 'warning',
});

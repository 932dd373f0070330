import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { BatchAppOptions } from './batch-app.ts';

const FIXTURE = fileURLToPath(new URL('./main.ts', import.meta.url));

/** An app in a folder of its own, bundled as the real one is: `@azure/functions` inside, CommonJS. */
export type BundledApp = { folder: string; entry: string; remove(): Promise<void> };

/** Bundles the fixture app, or the given code in its place. */
export async function bundleApp(code = `import ${JSON.stringify(FIXTURE)};`): Promise<BundledApp> {
  const folder = await mkdtemp(join(tmpdir(), 'functions-app-'));
  const entry = join(folder, 'dist', 'main.cjs');
  await build({
    stdin: { contents: code, resolveDir: import.meta.dirname },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    external: ['@azure/functions-core'],
    outfile: entry,
    logLevel: 'error',
  });
  await writeFile(join(folder, 'package.json'), JSON.stringify({ main: 'dist/main.cjs' }));
  return { folder, entry, remove: () => rm(folder, { recursive: true }) };
}

/** Bundles the app of batches, with its trigger and its options. */
export function bundleBatchApp(
  trigger: 'EventHub' | 'Kafka',
  options: BatchAppOptions = {},
): Promise<BundledApp> {
  const register = `register${trigger}App`;
  return bundleApp(`import { ${register} } from './batch-app.ts'; ${register}(${JSON.stringify(options)});`);
}

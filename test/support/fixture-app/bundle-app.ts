import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const FIXTURE = fileURLToPath(new URL('./main.ts', import.meta.url));

/** An app in a folder of its own, bundled as the real one is: `@azure/functions` inside, CommonJS. */
export type BundledApp = { folder: string; entry: string; remove(): Promise<void> };

/** Bundles the fixture app, or the given code in its place. */
export async function bundleApp(code?: string): Promise<BundledApp> {
  const folder = await mkdtemp(join(tmpdir(), 'functions-app-'));
  const entry = join(folder, 'dist', 'main.cjs');
  await build({
    ...(code === undefined
      ? { entryPoints: [FIXTURE] }
      : { stdin: { contents: code, resolveDir: dirname(FIXTURE) } }),
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

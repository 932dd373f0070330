import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';

const FIXTURE_FOLDER = import.meta.dirname;

/** An app in a folder of its own, bundled as the real one is: `@azure/functions` inside, CommonJS. */
export type BundledApp = { folder: string; entry: string; remove(): Promise<void> };

/** Bundles the fixture app, or the given code in its place. */
export async function bundleApp(code = "import './main.ts';"): Promise<BundledApp> {
  const folder = await mkdtemp(join(tmpdir(), 'functions-app-'));
  const entry = join(folder, 'dist', 'main.cjs');
  await build({
    stdin: { contents: code, resolveDir: FIXTURE_FOLDER, loader: 'ts' },
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

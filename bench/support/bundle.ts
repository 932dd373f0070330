import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { APP_BUNDLE } from '../../scripts/app/build-app.ts';

/**
 * Bundles files of `bench/` by name into a folder of their own, as the app is bundled: what is deployed is what is
 * measured. (Under tsx functions are wrapped to keep their names, which makes closures several times slower.)
 */
export async function bundle(names: readonly string[]) {
  const folder = await mkdtemp(path.join(tmpdir(), 'bench-'));
  await build({
    entryPoints: names.map((name) => path.join(import.meta.dirname, '..', `${name}.ts`)),
    outdir: folder,
    outExtension: { '.js': '.cjs' },
    ...APP_BUNDLE,
    logLevel: 'error',
  });
  return {
    pathOf: (name: string) => path.join(folder, `${name}.cjs`),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

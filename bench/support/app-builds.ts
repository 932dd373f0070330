import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';
import { buildApp } from '../../scripts/app/build-app.ts';

const PROJECT = path.join(import.meta.dirname, '../..');

/** The app in the forms that its start is compared in, by the paths of their entries. */
export type AppBuilds = {
  bundled: string;
  unbundled: string;
  remove(): Promise<void>;
};

/** Builds the app as it is deployed, and without bundling. */
export async function buildAppForms(): Promise<AppBuilds> {
  // Inside the project: what is not bundled has to find node_modules.
  const folder = path.join(PROJECT, 'dist/bench');
  await rm(folder, { recursive: true, force: true });
  const { app } = await buildApp(folder);
  const unbundled = path.join(folder, 'unbundled');
  await transpile(unbundled);
  return {
    bundled: path.join(app, 'main.cjs'),
    unbundled: path.join(unbundled, 'functions/main.js'),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Each source file to a file of its own, as the TypeScript compiler does for most function apps. */
async function transpile(outdir: string): Promise<void> {
  const sources = ['functions/**/*.ts', 'src/**/*.ts'];
  await build({
    entryPoints: sources,
    absWorkingDir: PROJECT,
    outbase: '.',
    outdir,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    logLevel: 'warning',
  });
  await mkdir(outdir, { recursive: true });
  await writeFile(path.join(outdir, 'package.json'), JSON.stringify({ type: 'commonjs' }));
  for (const file of await readdir(outdir, { recursive: true })) {
    if (!file.endsWith('.js')) continue;
    const text = await readFile(path.join(outdir, file), 'utf8');
    const loadable = text
      .replace(/((?:require|import)\("\.[^"]*)\.ts"\)/g, '$1.js")')
      // These are ES modules: their default export is one, and not the whole module.
      .replace(/(__toESM\(require\("p-[a-z]+"\)), 1\)/g, '$1)');
    await writeFile(path.join(outdir, file), loadable);
  }
}

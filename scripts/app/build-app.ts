import { copyFile, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type BuildOptions, build } from 'esbuild';
import { checkSize } from './folder-size.ts';
import { lazyParts } from './lazy-parts.ts';
import { thirdPartyLicences } from './licences.ts';

const PROJECT = path.join(import.meta.dirname, '../..');

/** The deployable folder, and the source maps, which are not deployed. */
export type BuiltApp = { app: string; maps: string; bytes: number };

/**
 * How the app is bundled: one CommonJS file holds all of it, @azure/functions included. @azure/functions-core is
 * supplied by the Functions worker and exists nowhere else.
 */
export const APP_BUNDLE = {
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  external: ['@azure/functions-core'],
  // Of packages that bring both forms, the one of which unused parts can be left out: OpenTelemetry's is a third then.
  mainFields: ['module', 'main'],
  minify: true,
  logLevel: 'warning',
} satisfies BuildOptions;

/**
 * Builds `app/` and `maps/` in `folder`. What lies beside them there is left alone.
 * @throws when `app/` is over its limit, or a bundled package has no licence
 */
export async function buildApp(folder: string): Promise<BuiltApp> {
  const app = path.join(folder, 'app');
  const maps = path.join(folder, 'maps');
  for (const made of [app, maps]) {
    await rm(made, { recursive: true, force: true });
    await mkdir(made, { recursive: true });
  }
  const { plugin, parts } = lazyParts();
  const { metafile } = await build({
    ...APP_BUNDLE,
    plugins: [plugin],
    absWorkingDir: PROJECT,
    entryPoints: ['functions/main.ts'],
    outfile: path.resolve(app, 'main.cjs'),
    // Without a comment in the bundle: the map is several times its size, and stays here.
    sourcemap: 'external',
    metafile: true,
  });
  await rename(path.join(app, 'main.cjs.map'), path.join(maps, 'main.cjs.map'));
  for (const { file, map } of parts.values()) await writeFile(path.join(maps, `${file}.map`), map);
  await copyFile(path.join(PROJECT, 'host.json'), path.join(app, 'host.json'));
  await writeFile(path.join(app, 'package.json'), await deployedPackageJson());
  const metafiles = [metafile, ...[...parts.values()].map((part) => part.metafile)];
  await writeFile(path.join(app, 'THIRD-PARTY-LICENSES.txt'), await thirdPartyLicences(metafiles, PROJECT));
  return { app, maps, bytes: await checkSize(app) };
}

/** Names the entry, and nothing that would make Azure install or build anything. */
async function deployedPackageJson(): Promise<string> {
  const { name, version, license, engines } = JSON.parse(
    await readFile(path.join(PROJECT, 'package.json'), 'utf8'),
  );
  const deployed = { name, version, license, private: true, type: 'commonjs', main: 'main.cjs', engines };
  return `${JSON.stringify(deployed, null, 2)}\n`;
}

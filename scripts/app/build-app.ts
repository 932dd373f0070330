import { appendFile, copyFile, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import { checkSize } from './folder.ts';
import { thirdPartyLicences } from './licences.ts';

const PROJECT = path.join(import.meta.dirname, '../..');

/** The deployable folder, and the source maps, which are not deployed. */
export type BuiltApp = { app: string; maps: string; bytes: number };

/**
 * How the app is bundled: into CommonJS, @azure/functions included. @azure/functions-core is supplied by the Functions
 * worker, to `require` alone, and exists nowhere else.
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
 * The files of the app. What no start needs (two thirds of all) is a file beside the entry, loaded when it is first
 * imported: V8 reads through every function of a file that it loads. Each file has its own copy of what it shares with
 * others, so nothing in it may hold state for both, or be compared by `instanceof` across files. (OpenTelemetry's API
 * keeps its state in `globalThis`.)
 */
const FILES = {
  main: 'functions/main.ts',
  'cosmos-library': 'src/store/cosmos-library.ts',
  'azure-identity': '@azure/identity',
  attach: 'src/telemetry/attach.ts',
};

/** Leaves the dynamic imports of `FILES` as what they are, by the names of the built files. */
const separateFiles: Plugin = {
  name: 'separate-files',
  setup({ onResolve }) {
    const names = new Map<string, string>(Object.entries(FILES).map(([name, entry]) => [entry, name]));
    onResolve({ filter: /./ }, ({ path: imported, resolveDir, kind }) => {
      if (kind !== 'dynamic-import') return undefined;
      const source = path.relative(PROJECT, path.join(resolveDir, imported)).replaceAll(path.sep, '/');
      const name = names.get(imported) ?? names.get(source);
      return name === undefined ? undefined : { path: `./${name}.cjs`, external: true };
    });
  },
};

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
  const { metafile } = await build({
    ...APP_BUNDLE,
    plugins: [separateFiles],
    absWorkingDir: PROJECT,
    entryPoints: FILES,
    outdir: path.resolve(app),
    outExtension: { '.js': '.cjs' },
    // A `require`: an `import()` would read the file a second time, for the names that it exports.
    supported: { 'dynamic-import': false },
    // The maps are several times the size of the files, and stay here.
    sourcemap: 'external',
    metafile: true,
  });
  for (const name of Object.keys(FILES)) {
    await rename(path.join(app, `${name}.cjs.map`), path.join(maps, `${name}.cjs.map`));
    // For debuggers and stack traces of the local stack. In Azure there is no map, and nobody looks for it.
    await appendFile(path.join(app, `${name}.cjs`), `//# sourceMappingURL=../maps/${name}.cjs.map\n`);
  }
  await copyFile(path.join(PROJECT, 'host.json'), path.join(app, 'host.json'));
  await writeFile(path.join(app, 'package.json'), await deployedPackageJson());
  await writeFile(path.join(app, 'THIRD-PARTY-LICENSES.txt'), await thirdPartyLicences(metafile, PROJECT));
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

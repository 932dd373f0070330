import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { thirdPartyLicences } from './licences.ts';

const PROJECT = path.join(import.meta.dirname, '../..');
const SOURCES = 'src/offer';
const MAX_BYTES = 20_000;
const run = promisify(execFile);

/** The folder with `offer.js` and `offer.d.ts`, and how large the module is. */
export type BuiltOffer = { folder: string; bytes: number };

/**
 * Builds the offer function into `folder/offer`: one ES module with everything inside, and one file of types. Nothing in it
 * is Node's, so that it runs in browsers and at the edge.
 * @throws when the module is over its limit, or a bundled package has no licence
 */
export async function buildOffer(folder: string): Promise<BuiltOffer> {
  const made = path.join(folder, 'offer');
  await rm(made, { recursive: true, force: true });
  await mkdir(made, { recursive: true });
  const outfile = path.resolve(made, 'offer.js');
  const { metafile } = await build({
    absWorkingDir: PROJECT,
    entryPoints: [`${SOURCES}/offer.ts`],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    target: 'es2022',
    charset: 'utf8',
    minify: true,
    metafile: true,
    logLevel: 'warning',
  });
  await writeFile(path.join(made, 'offer.d.ts'), await declarations());
  await writeFile(path.join(made, 'THIRD-PARTY-LICENSES.txt'), await thirdPartyLicences(metafile, PROJECT));
  const { size: bytes } = await stat(outfile);
  if (bytes > MAX_BYTES) throw new Error(`${outfile} has ${bytes} bytes, more than ${MAX_BYTES}.`);
  return { folder: made, bytes };
}

/** Makes what `npm pack` makes of the offer function, and gives the path of the file. */
export async function packOffer({ folder }: BuiltOffer): Promise<string> {
  const { version, license } = JSON.parse(await readFile(path.join(PROJECT, 'package.json'), 'utf8'));
  const packageJson = {
    name: 'ordercloud-product-sync-offer',
    version,
    description: 'What a buyer may see of an OrderCloud product, what it costs, and until when.',
    license,
    type: 'module',
    sideEffects: false,
    exports: { '.': { types: './offer.d.ts', default: './offer.js' } },
    types: './offer.d.ts',
  };
  await writeFile(path.join(folder, 'package.json'), `${JSON.stringify(packageJson, null, 2)}\n`);
  await copyFile(path.join(PROJECT, 'LICENSE'), path.join(folder, 'LICENSE'));
  await copyFile(path.join(PROJECT, SOURCES, 'README.md'), path.join(folder, 'README.md'));
  const target = path.dirname(path.resolve(folder));
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', target], { cwd: folder });
  const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
  return path.join(path.dirname(folder), filename);
}

/** The declarations of the entry and of the two files that it takes its exports from, as one file. */
async function declarations(): Promise<string> {
  const outDir = await mkdtemp(path.join(tmpdir(), 'offer-types-'));
  try {
    const tsc = path.join(PROJECT, 'node_modules/typescript/bin/tsc');
    const emit = ['--declaration', '--emitDeclarationOnly', '--rootDir', SOURCES, '--outDir', outDir];
    const language = ['--module', 'nodenext', '--target', 'es2023', '--types', '', '--strict'];
    const sources = ['--ignoreConfig', '--allowImportingTsExtensions', `${SOURCES}/offer.ts`];
    await run(process.execPath, [tsc, ...emit, ...language, ...sources], { cwd: PROJECT });
    const files = ['offer.d.ts', 'types.d.ts', 'codes.d.ts'];
    const texts = await Promise.all(files.map((file) => readFile(path.join(outDir, file), 'utf8')));
    return texts.map(withoutImports).join('\n');
  } finally {
    await rm(outDir, { recursive: true });
  }
}

/** Names are the same in one file as in three. */
function withoutImports(text: string): string {
  return text.replace(/^(import|export)\b[^;]*? from '[^']*';\n/gm, '');
}

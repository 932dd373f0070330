import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire, SourceMap } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LazyPart, lazyParts } from '../../scripts/app/lazy-parts.ts';
import { withSourceLines } from '../../scripts/app/source-lines.ts';

const ENTRY = `
  exports.load = async () => (await import('./roast-log.ts')).note('Yirgacheffe');
  exports.again = async () => (await import('./roast-log.ts')).noted;
  exports.fail = async () => (await import('./roast-log.ts')).fail();
  exports.where = async () => (await import('./roast-log.ts')).where();
  exports.none = () => import('./broken.ts');
`;
const PART = `import { join } from 'node:path';
globalThis.roastLogs = (globalThis.roastLogs ?? 0) + 1;
export const noted: string[] = [];
export const note = (coffee: string) => noted.push(coffee);
export const where = async () => [(await import('node:path')).join === join, __dirname, __filename];
export const fail = () => {
  throw new Error('Scorched: \` \${ \\\\');
};
`;

type Bundle = Record<'load' | 'again' | 'where' | 'none', () => Promise<unknown>>;

let folder: string;
let parts: Map<string, LazyPart>;
let bundle: Bundle;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'lazy-parts-'));
  const file = (name: string) => path.join(folder, name);
  await writeFile(file('entry.ts'), ENTRY);
  await writeFile(file('roast-log.ts'), PART);
  await writeFile(file('broken.ts'), "throw new Error('No beans');");
  const lazy = lazyParts();
  parts = lazy.parts;
  await build({
    plugins: [lazy.plugin],
    entryPoints: [file('entry.ts')],
    outfile: file('app/main.cjs'),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    minify: true,
    sourcemap: 'external',
    logLevel: 'error',
  });
  bundle = createRequire(import.meta.url)(file('app/main.cjs'));
});
afterAll(() => rm(folder, { recursive: true }));

const runs = () => (globalThis as { roastLogs?: number }).roastLogs ?? 0;

describe('a part of the bundle', () => {
  it('runs when it is first imported, and only once', async () => {
    expect(await readFile(path.join(folder, 'app/main.cjs'), 'utf8')).toContain('Scorched');
    const before = runs();
    const fresh = createRequire(import.meta.url);
    delete fresh.cache[path.join(folder, 'app/main.cjs')];
    const { load, again }: Bundle = fresh(path.join(folder, 'app/main.cjs'));
    expect(runs()).toBe(before);
    await Promise.all([load(), load()]);
    expect(await again()).toEqual(['Yirgacheffe', 'Yirgacheffe']);
    expect(runs()).toBe(before + 1);
  });

  it('finds what Node.js brings, and itself beside the bundle', async () => {
    const app = path.join(folder, 'app');
    expect(await bundle.where()).toEqual([true, app, path.join(app, 'roast-log.cjs')]);
  });

  it('that fails to load fails each time', async () => {
    await expect(bundle.none()).rejects.toThrow('No beans');
    await expect(bundle.none()).rejects.toThrow('No beans');
  });

  it('has a name in stack traces, and a map that leads to its source', async () => {
    // Vitest moves the columns of a first line.
    const script = `require('./main.cjs').fail().catch(({ stack }) => console.log(stack))`;
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', script], {
      cwd: path.join(folder, 'app'),
    });
    expect(stdout).toContain('Error: Scorched: ` ${ \\\n');
    expect(stdout).toMatch(/app[\\/]roast-log\.cjs:\d+:\d+/);
    const maps = [...parts.values()].map(({ file, map }) => [file, new SourceMap(JSON.parse(map))] as const);
    expect(withSourceLines(stdout, new Map(maps))).toMatch(/\broast-log\.ts:7:9\b/);
  });

  it('leaves out what is named', async () => {
    const { plugin, parts } = lazyParts(['./roast-log.ts']);
    await build({
      plugins: [plugin],
      entryPoints: [path.join(folder, 'entry.ts')],
      outfile: path.join(folder, 'eager/main.cjs'),
      bundle: true,
      platform: 'node',
      format: 'cjs',
    });
    expect([...parts.keys()]).toEqual(['broken.cjs']);
  });
});

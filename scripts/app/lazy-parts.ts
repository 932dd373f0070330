import path from 'node:path';
import { build, type Metafile, type Plugin, type PluginBuild } from 'esbuild';

/** What is bundled on its own: the name of its file in stack traces, its source map, and what is in it. */
export type LazyPart = { file: string; map: string; metafile: Metafile };

/**
 * Whatever the app imports by `await import(…)` is embedded in the bundle as text, and compiled when it is first
 * imported. V8 reads through every function of a file that it loads, also of those that are never called (pre-parsing), and
 * two thirds of this app are libraries that no start needs: 36 ms of processor time for 1.4 MB. As string literals they
 * take 4 ms, and what is left 11. Node.js's compile cache would need a folder to write to, and Node.js 22.
 *
 * Each part is bundled with the options of the bundle, and has its own copy of what it shares with the app or another
 * part: nothing in it may hold state for both, or be compared by `instanceof` across that border. (OpenTelemetry's API
 * keeps its state in `globalThis`.) `parts` has them after the build. Modules named in `without` are no parts.
 */
export function lazyParts(without: readonly string[] = []): { plugin: Plugin; parts: Map<string, LazyPart> } {
  const parts = new Map<string, LazyPart>();
  const plugin: Plugin = {
    name: 'lazy-parts',
    setup(bundle) {
      const { initialOptions, onResolve, onLoad, resolve } = bundle;
      onResolve({ filter: /./ }, async ({ path: imported, importer, resolveDir, kind }) => {
        const isOurs = !importer.includes(`${path.sep}node_modules${path.sep}`);
        if (kind !== 'dynamic-import' || !isOurs || without.includes(imported)) return undefined;
        const found = await resolve(imported, { kind: 'import-statement', importer, resolveDir });
        if (found.external) return undefined;
        if (found.errors.length > 0) return { errors: found.errors };
        return { path: fileOf(imported), namespace: 'lazy-part', pluginData: found.path };
      });
      onLoad({ filter: /./, namespace: 'lazy-part' }, async ({ path: file, pluginData: entry }) => {
        const { source, ...part } = await bundlePart(initialOptions, file, entry);
        parts.set(file, part);
        return { contents: loaderOf(file, source), resolveDir: path.dirname(entry) };
      });
    },
  };
  return { plugin, parts };
}

/** `azure-identity.cjs` of `@azure/identity`, `attach.cjs` of `./attach.ts`. */
function fileOf(imported: string): string {
  const { dir, name } = path.parse(imported);
  return `${path.join(dir, name).replace(/^\W+/, '').replaceAll(/\W+/g, '-')}.cjs`;
}

/** Without this plugin: what a part imports when it is needed is in the part. */
async function bundlePart(
  { entryPoints: _, stdin: __, outfile = '', plugins = [], ...options }: PluginBuild['initialOptions'],
  file: string,
  entry: string,
): Promise<LazyPart & { source: string }> {
  const { outputFiles, metafile } = await build({
    ...options,
    plugins: plugins.filter(({ name }) => name !== 'lazy-parts'),
    entryPoints: [entry],
    // `import('http')` becomes a `require`: in compiled text it would need what Node.js 20 warns of as experimental.
    supported: { ...options.supported, 'dynamic-import': false },
    outfile: path.join(path.dirname(outfile), file),
    metafile: true,
    write: false,
  });
  const textOf = (end: string) => outputFiles.find((made) => made.path.endsWith(end))?.text ?? '';
  return { file, source: textOf('.cjs'), map: textOf('.map'), metafile };
}

/** Runs a part as Node.js runs a CommonJS file beside the bundle. */
function loaderOf(file: string, source: string): string {
  return `
    const filename = require('node:path').join(__dirname, ${JSON.stringify(file)});
    require('node:vm').compileFunction(
      ${JSON.stringify(source)},
      ['exports', 'require', 'module', '__filename', '__dirname'],
      { filename },
    ).call(exports, exports, require, module, filename, __dirname);
  `;
}

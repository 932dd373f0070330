import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';
import type { Core } from './core.ts';

/** `text`, found exactly once in `file` (below src/), is replaced. */
export type SourceBug = { file: string; text: string; replacement: string };

const SOURCE_FOLDER = join(import.meta.dirname, '../../../src');

/** The app's core, bundled from its source as it is now; with a bug sown in, or without. */
export async function bundleCore(bug?: SourceBug): Promise<Core> {
  const folder = await mkdtemp(join(tmpdir(), 'convergence-'));
  let sown = 0;
  const onSown = () => {
    sown += 1;
  };
  try {
    const outfile = join(folder, 'core.mjs');
    await build({
      stdin: {
        contents: ['sync/sync-batch', 'sync/write-memory', 'store/store-errors']
          .map((name) => `export * from './${name}.ts';`)
          .join('\n'),
        resolveDir: SOURCE_FOLDER,
        loader: 'ts',
      },
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      outfile,
      // A bug that cannot be sown is an error of the build; it reaches the caller, so it need not be printed too.
      logLevel: 'silent',
      plugins: bug === undefined ? [] : [sow(bug, onSown)],
    });
    if (bug !== undefined && sown !== 1) {
      throw new Error(`src/${bug.file} is no part of the core any more: no bug can be sown there.`);
    }
    return (await import(/* @vite-ignore */ pathToFileURL(outfile).href)) as Core;
  } finally {
    await rm(folder, { recursive: true });
  }
}

function sow({ file, text, replacement }: SourceBug, onSown: () => void): Plugin {
  const path = join(SOURCE_FOLDER, file);
  return {
    name: 'sow a bug',
    setup({ onLoad }) {
      onLoad({ filter: /\.ts$/ }, async (loaded) => {
        if (loaded.path !== path) return null;
        const around = (await readFile(path, 'utf8')).split(text);
        if (around.length !== 2) {
          throw new Error(
            `src/${file} holds this text ${around.length - 1} times, so that no bug can be sown there (see bugs.ts): ${text}`,
          );
        }
        onSown();
        return { contents: around.join(replacement), loader: 'ts' };
      });
    },
  };
}

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const FOLDER = new URL('../page/', import.meta.url);

/** What a browser loads, by path, with its content type. */
export type Assets = Record<string, { type: string; content: string }>;

/** Bundles the page from its sources: nothing in it comes from elsewhere. */
export async function bundlePage(): Promise<Assets> {
  // Loaded only when somebody looks.
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('main.tsx', FOLDER))],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    write: false,
    logLevel: 'silent',
  });
  const read = (name: string) => readFile(new URL(name, FOLDER), 'utf8');
  return {
    'index.html': { type: 'text/html; charset=utf-8', content: await read('index.html') },
    '/page/main.js': { type: 'text/javascript; charset=utf-8', content: outputFiles[0]?.text ?? '' },
    '/page/page.css': { type: 'text/css; charset=utf-8', content: await read('page.css') },
  };
}

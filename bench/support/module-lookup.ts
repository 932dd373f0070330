import type { SelfTime } from './self-times.ts';

/** Tells which source file a function of an unminified bundle is from: esbuild names it in a comment above each. */
export function moduleLookup(bundle: string): (place: Pick<SelfTime, 'name' | 'url' | 'line'>) => string {
  let current = 'the bundle';
  const moduleOfLine = bundle.split('\n').map((text) => {
    current = /^ *\/\/ (\S+\.[cm]?[jt]s)$/.exec(text)?.[1] ?? current;
    return current;
  });
  return ({ name, url, line }) => {
    if (url.endsWith('.cjs')) return moduleOfLine[line] ?? current;
    if (url !== '') return url;
    if (name.startsWith('(')) return name;
    // `new Function` has no address; nothing but zod makes functions at run time here.
    return line < 0 ? 'native' : 'zod, compiled';
  };
}

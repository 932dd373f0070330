import type { SourceMap } from 'node:module';

/** A place in a built file, as stack traces write it: `…/main.cjs:LINE:COLUMN`. */
const PLACE = /[^\s()]*?([\w-]+\.cjs):(\d+):(\d+)/g;

/**
 * A stack trace of the deployed app, with the file, line and column of the source in place of the built file's, by
 * the maps of the built files. Text around and between the places stays, and so does a place that no map knows.
 */
export function withSourceLines(trace: string, maps: ReadonlyMap<string, SourceMap>): string {
  // biome-ignore lint/complexity/useMaxParams: as replaceAll calls it
  return trace.replaceAll(PLACE, (place, file, line, column) => {
    // Traces count from one, maps from zero.
    const entry = maps.get(file)?.findEntry(Number(line) - 1, Number(column) - 1);
    if (entry === undefined || !('originalSource' in entry)) return place;
    const source = entry.originalSource.replace(/^(?:\.\.\/)+/, '');
    return `${source}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
  });
}

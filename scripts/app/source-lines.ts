import type { SourceMap } from 'node:module';

/** A place in the bundle, as stack traces write it: `…/main.cjs:LINE:COLUMN`. */
const PLACE = /[^\s()]*\bmain\.cjs:(\d+):(\d+)/g;

/**
 * A stack trace of the deployed bundle, with the file, line and column of the source in place of the bundle's. Text
 * around and between the places stays, and so does a place that the map does not know.
 */
export function withSourceLines(trace: string, map: SourceMap): string {
  return trace.replaceAll(PLACE, (place, line, column) => {
    // Traces count from one, maps from zero.
    const entry = map.findEntry(Number(line) - 1, Number(column) - 1);
    if (!('originalSource' in entry)) return place;
    const source = entry.originalSource.replace(/^(?:\.\.\/)+/, '');
    return `${source}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
  });
}

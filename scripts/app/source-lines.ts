import type { SourceMap } from 'node:module';

/** A place in the bundle, as stack traces write it: `…/main.cjs:LINE:COLUMN`. */
const PLACE = /[^\s()]*\bmain\.cjs:(\d+):(\d+)/g;

/**
 * A stack trace of the deployed bundle, with the file, line and column of the source in place of the bundle's. Text
 * around and between the places stays, and so does a place that the map does not know.
 */
export function withSourceLines(trace: string, map: SourceMap): string {
  return trace.replaceAll(PLACE, (place, line, column) => {
    const origin = map.findOrigin(Number(line), Number(column));
    if (!('fileName' in origin)) return place;
    return `${origin.fileName.replace(/^(?:\.\.\/)+/, '')}:${origin.lineNumber}:${origin.columnNumber}`;
  });
}

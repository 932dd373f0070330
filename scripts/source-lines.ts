import { readdir, readFile } from 'node:fs/promises';
import { SourceMap } from 'node:module';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { withSourceLines } from './app/source-lines.ts';

// npm run source-lines < trace.txt: a stack trace from production, in lines of the sources. The maps must be of the
// same commit; the same commit builds the same bundle and maps.
const MAPS = 'dist/maps';

const files = await readdir(MAPS).catch(() => []);
if (files.length === 0) {
  console.error(
    `error: ${MAPS} is missing. Check out the commit that is deployed, and run npm ci && npm run build`,
  );
  process.exitCode = 1;
} else {
  if (process.stdin.isTTY) console.error('Paste the stack trace, then press Ctrl-D.');
  const maps = files.map(async (file): Promise<[string, SourceMap]> => {
    const map = JSON.parse(await readFile(path.join(MAPS, file), 'utf8'));
    return [path.basename(file, '.map'), new SourceMap(map)];
  });
  process.stdout.write(withSourceLines(await text(process.stdin), new Map(await Promise.all(maps))));
}

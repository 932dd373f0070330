import { readFile } from 'node:fs/promises';
import { SourceMap } from 'node:module';
import { text } from 'node:stream/consumers';
import { withSourceLines } from './app/source-lines.ts';

// npm run source-lines < trace.txt: a stack trace from production, in lines of the sources. The map must be of the
// same commit; the same commit builds the same bundle and map.
const MAP = 'dist/maps/main.cjs.map';

const map = await readFile(MAP, 'utf8').catch(() => undefined);
if (map === undefined) {
  console.error(
    `error: ${MAP} is missing. Check out the commit that is deployed, and run npm ci && npm run build`,
  );
  process.exitCode = 1;
} else {
  if (process.stdin.isTTY) console.error('Paste the stack trace, then press Ctrl-D.');
  process.stdout.write(withSourceLines(await text(process.stdin), new SourceMap(JSON.parse(map))));
}

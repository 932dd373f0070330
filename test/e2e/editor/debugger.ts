import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import {
  generatedPositionFor,
  LEAST_UPPER_BOUND,
  originalPositionFor,
  TraceMap,
} from '@jridgewell/trace-mapping';
import { WebSocket } from 'ws';

/** A line of a source file, by its path from the project's folder; lines count from one. */
export type SourceLine = { file: string; line: number };

/** A process that is being debugged: where it stopped first, and how to let it go on. */
export type Debugged = { stopped: Promise<SourceLine>; goOn(): void };

/** What to stop at, and the built files that launch.json names; without them every script's own map is asked. */
export type Breakpoint = { at: SourceLine; outFiles: readonly string[] };

type Position = { lineNumber: number; columnNumber: number };
type Script = { url: string; sourceMapURL: string };
type Paused = {
  reason: string;
  data?: Script & { scriptId: string };
  hitBreakpoints?: string[];
  callFrames: { location: Position & { scriptId: string } }[];
};

type Parsed = { scriptId: string; url: string };

const PROJECT = path.join(import.meta.dirname, '../../..');

/**
 * Debugs a process that waits for it (`wait-for-debugger.cjs`), as an editor does by Node's inspector protocol: source
 * maps say where the line was compiled to, and there the breakpoint is set.
 */
export function debugProcess(inspector: string, { at, outFiles }: Breakpoint): Debugged {
  const socket = new WebSocket(inspector);
  const maps = new Map<string, TraceMap>();
  const urls = new Map<string, string>();
  let calls = 0;
  const send = (method: string, params: object = {}) => {
    calls += 1;
    socket.send(JSON.stringify({ id: calls, method, params }));
  };

  async function begin(): Promise<void> {
    send('Debugger.enable');
    for (const file of outFiles) {
      const url = pathToFileURL(file).href;
      const [, sourceMapURL = ''] =
        /\/\/# sourceMappingURL=(\S+)\s*$/.exec(await readFile(file, 'utf8')) ?? [];
      const map = await readMap({ url, sourceMapURL });
      maps.set(url, map);
      const position = compiledTo(map, at);
      if (position !== null) send('Debugger.setBreakpointByUrl', { url, ...position });
    }
    if (outFiles.length === 0) {
      const instrumentation = 'beforeScriptWithSourceMapExecution';
      send('Debugger.setInstrumentationBreakpoint', { instrumentation });
    }
    send('Runtime.runIfWaitingForDebugger');
  }

  /** Before a script runs: sets the breakpoint where it holds the line. Packages name maps that they do not bring. */
  async function setIn({ scriptId, ...script }: Script & { scriptId: string }): Promise<void> {
    if (script.url.includes('/node_modules/')) return;
    const map = await readMap(script);
    maps.set(script.url, map);
    const position = compiledTo(map, at);
    if (position !== null) send('Debugger.setBreakpoint', { location: { scriptId, ...position } });
  }

  const stopped = new Promise<SourceLine>((resolve, reject) => {
    const pause = async ({ data, hitBreakpoints = [], callFrames: [frame] }: Paused) => {
      if (data?.sourceMapURL) await setIn(data);
      else if (hitBreakpoints.length > 0 && frame !== undefined) {
        resolve(sourceOf(maps.get(urls.get(frame.location.scriptId) ?? ''), frame.location));
        return;
      }
      send('Debugger.resume');
    };
    socket.on('error', reject);
    socket.on('open', () => begin().catch(reject));
    socket.on('message', (text) => {
      const { method, params } = JSON.parse(String(text)) as { method?: string; params: Paused & Parsed };
      if (method === 'Debugger.scriptParsed') urls.set(params.scriptId, params.url);
      if (method === 'Debugger.paused') pause(params).catch(reject);
    });
  });
  return {
    stopped,
    goOn() {
      send('Debugger.resume');
      socket.close();
    },
  };
}

/** The map that a script names: within itself, or beside it. */
async function readMap({ url, sourceMapURL }: Script): Promise<TraceMap> {
  const script = url.startsWith('file:') ? url : pathToFileURL(url).href;
  const embedded = /^data:[^,]*;base64,(.*)$/s.exec(sourceMapURL)?.[1];
  if (embedded !== undefined) return new TraceMap(Buffer.from(embedded, 'base64').toString(), script);
  const map = new URL(sourceMapURL, script);
  return new TraceMap(await readFile(map, 'utf8'), map.href);
}

/** The first place that something of the line was compiled to. */
function compiledTo(map: TraceMap, { file, line }: SourceLine): Position | null {
  const source = map.resolvedSources.find((resolved) => nameOf(resolved) === file);
  if (!source) return null;
  const found = generatedPositionFor(map, { source, line, column: 0, bias: LEAST_UPPER_BOUND });
  return found.line === null ? null : { lineNumber: found.line - 1, columnNumber: found.column };
}

function sourceOf(map: TraceMap | undefined, { lineNumber, columnNumber }: Position): SourceLine {
  if (map === undefined) throw new Error('stopped in a script that names no source map');
  const { source, line } = originalPositionFor(map, { line: lineNumber + 1, column: columnNumber });
  return { file: nameOf(source), line: line ?? 0 };
}

/** A source's path from the project's folder. */
function nameOf(source: string | null): string {
  if (source === null) return '';
  return path.relative(PROJECT, source.startsWith('file:') ? fileURLToPath(source) : source);
}

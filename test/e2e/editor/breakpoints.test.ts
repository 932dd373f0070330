import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it, onTestFinished } from 'vitest';
import { LOCAL_WEBHOOK_SECRET } from '../../../local/defaults.ts';
import { signatureOf } from '../../../src/message/signature.ts';
import { debugProcess, type SourceLine } from './debugger.ts';

type Configuration = {
  name: string;
  runtimeArgs?: string[];
  program: string;
  args: string[];
  outFiles?: string[];
};

const { configurations } = JSON.parse(await readFile('.vscode/launch.json', 'utf8')) as {
  configurations: Configuration[];
};

/** Starts what the editor would start, with more arguments, and waits for a debugger in it and in what it starts. */
function launch(name: string, more: { file?: string; args?: string[] }, breakpoint: SourceLine) {
  const configuration = configurations.find((one) => one.name === name);
  if (configuration === undefined) throw new Error(`.vscode/launch.json has no ${name}`);
  const fill = (text: string) =>
    text.replace(/\$\{workspaceFolder\}/, process.cwd()).replace(/\$\{relativeFile\}/, more.file ?? '');
  const { runtimeArgs = [], program, args } = configuration;
  const outFiles = (configuration.outFiles ?? []).flatMap((pattern) => builtFiles(fill(pattern)));
  const child = spawn(
    process.execPath,
    [...runtimeArgs, fill(program), ...args.map(fill), ...(more.args ?? [])],
    {
      // An editor attaches to child processes in the same way: by what NODE_OPTIONS make each of them do.
      env: {
        ...process.env,
        NODE_OPTIONS: `--require ${path.join(import.meta.dirname, 'wait-for-debugger.cjs')}`,
        VITEST: '',
        CI: '',
      },
    },
  );
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  const stopped = new Promise<{ at: SourceLine; goOn(): void }>((resolve, reject) => {
    const read = (line: string) => {
      output += `${line}\n`;
      const inspector = /Debugger listening on (ws:\S+)$/.exec(line)?.[1];
      if (inspector === undefined) return;
      const debugged = debugProcess(inspector, { at: breakpoint, outFiles });
      debugged.stopped.then((at) => resolve({ at, goOn: debugged.goOn }), reject);
    };
    for (const input of [child.stdout, child.stderr]) createInterface({ input }).on('line', read);
    child.on('exit', (code) => reject(new Error(`ended with ${code}:\n${output}`)));
  });
  return { child, stopped, printed: (pattern: RegExp) => printed(child, () => output, pattern) };
}

/** The files that a pattern such as `dist/app/*.cjs` stands for. */
function builtFiles(pattern: string): string[] {
  const { dir, ext } = path.parse(pattern);
  return readdirSync(dir)
    .filter((name) => name.endsWith(ext))
    .map((name) => path.join(dir, name));
}

function printed(child: ChildProcess, output: () => string, pattern: RegExp): Promise<RegExpExecArray> {
  return new Promise((resolve) => {
    const look = () => {
      const found = pattern.exec(output());
      if (found !== null) resolve(found);
    };
    child.stdout?.on('data', look);
    look();
  });
}

/** The line of a file that holds `code`. */
async function lineOf(file: string, code: string): Promise<SourceLine> {
  const lines = (await readFile(file, 'utf8')).split('\n');
  const line = lines.findIndex((text) => text.includes(code)) + 1;
  expect(line, `${code} in ${file}`).toBeGreaterThan(0);
  return { file: path.normalize(file), line };
}

it('a breakpoint in a source is hit in the built app of the local stack', async () => {
  const breakpoint = await lineOf('src/sync/decide.ts', 'const isDelete = arriving.content === null;');
  const args = ['--port', '0', '--cosmos-port', '0', '--no-event-hubs', '--no-kafka'];
  const { stopped, printed } = launch('Local stack', { args }, breakpoint);
  const [, url = ''] = await printed(/Webhook {4}POST (http:\/\/\S+\/webhooks\/products)/);
  const body = await readFile('samples/01-simple-product.json');
  const headers = {
    'content-type': 'application/json',
    'x-oc-hash': signatureOf(body, LOCAL_WEBHOOK_SECRET),
  };
  const answer = fetch(url, { method: 'POST', headers, body });
  const { at, goOn } = await stopped;
  expect(at).toEqual(breakpoint);
  goOn();
  expect((await answer).status).toBe(200);
}, 60_000);

it('a breakpoint in a source is hit by the test file that is open', async () => {
  const breakpoint = await lineOf('src/sync/is-newer.ts', 'if (haveComparableSequences(arriving, stored)) {');
  const { stopped } = launch('This test file', { file: 'test/unit/sync/is-newer.test.ts' }, breakpoint);
  const { at } = await stopped;
  expect(at).toEqual(breakpoint);
}, 60_000);

it('a stack trace of the built app names the sources, where npm start runs it', async () => {
  const { scripts } = JSON.parse(await readFile('package.json', 'utf8'));
  const options = /node (--.*) cli\/main\.ts start$/.exec(scripts.start)?.[1]?.split(' ') ?? [];
  const env = { EventHubConnection: 'Endpoint=sb://127.0.0.1/;SharedAccessKeyName=n;SharedAccessKey=a2V5' };
  const app = fork('test/support/app-process.ts', [path.resolve('dist/app/main.cjs'), 'productEventHub'], {
    execArgv: options,
    env: { ...process.env, ...env, VITEST: '' },
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const [{ stack }] = await once(app, 'message');
  const thrown = await lineOf('functions/event-hub-batch.ts', 'events that are no list');
  expect(stack).toContain(`${thrown.file}:${thrown.line}:`);
});

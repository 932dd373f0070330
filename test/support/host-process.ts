import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { checkedLines } from './leaks/check.ts';

/** A Functions host with the built app, in a process of its own. */
export type HostProcess = {
  url: string;
  /** Kills it, as a machine does that dies. */
  kill(): Promise<void>;
};

/** Starts one with these settings, and waits until it runs. */
export async function startHostProcess(env: NodeJS.ProcessEnv): Promise<HostProcess> {
  const host = spawn(process.execPath, ['--import', 'tsx', 'test/support/chaos-host.ts'], { env });
  const killAtExit = () => host.kill('SIGKILL');
  process.once('exit', killAtExit);
  host.once('exit', () => process.off('exit', killAtExit));
  host.stderr.on(
    'data',
    checkedLines('log', (text) => process.stderr.write(text)),
  );
  const url = await new Promise<string>((resolve, reject) => {
    let printed = '';
    const untilReady = (text: Buffer) => {
      printed += text;
      const [, url] = /^ready (\S+)$/m.exec(printed) ?? [];
      if (url === undefined) return;
      host.stdout.off('data', untilReady);
      resolve(url);
    };
    // Read on afterwards, too: a process whose output nobody takes stops.
    host.stdout.on('data', checkedLines('log')).on('data', untilReady);
    host.once('exit', () => reject(new Error('the host ended at its start')));
  });
  return {
    url,
    async kill() {
      if (host.exitCode !== null || host.signalCode !== null) return;
      killAtExit();
      await once(host, 'exit');
    },
  };
}

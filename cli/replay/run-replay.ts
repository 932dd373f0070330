import { printableJson } from '../../src/printable.ts';
import { CommandError } from '../support/command-error.ts';
import { startProgress } from '../support/progress.ts';
import { formatReport } from './format-report.ts';
import { type MessageSet, readMessages } from './read-messages.ts';
import { replay } from './replay.ts';
import type { ReplayReport } from './report.ts';
import { type Route, type RouteFlags, routeFor } from './route.ts';
import type { Sender, SendResult } from './sender.ts';

/** The command's options as commander gives them. */
export type ReplayFlags = RouteFlags & {
  repeat: number;
  rate?: number;
  concurrency: number;
  json?: true;
};

/** The surroundings of a run; those of the process, or a test's. */
export type Surroundings = {
  env: NodeJS.ProcessEnv;
  /** What paths are relative to. */
  folder: string;
  stdout: { write(text: string): unknown };
  stderr: NodeJS.WriteStream;
  /** From the call on, Ctrl-C aborts the signal instead of ending the process. */
  interrupt: () => AbortSignal;
};

/** Answers on their way when Ctrl-C is pressed are waited for this long. */
const GRACE_MS = 2000;

/** Runs `npm run replay` and resolves to its exit code; throws `CommandError` for what cannot be read or reached. */
export async function runReplay(
  paths: readonly string[],
  flags: ReplayFlags,
  at: Surroundings,
): Promise<number> {
  const route = await routeFor(flags, at.env);
  const messages = await readMessages(paths, { messageType: route.envelopeType, folder: at.folder });
  const planned = messages.total * flags.repeat;
  const report = await send({ messages, planned, sender: route.createSender(), flags, at });

  if (flags.json) {
    at.stdout.write(`${printableJson({ url: route.address, planned, ...report }, 2)}\n`);
  } else if (report.stopped !== 'unreachable' || report.latency) {
    at.stdout.write(`${formatReport(report, planned)}\n`);
  }
  if (report.stopped === 'unreachable') throw unreachable(route, report);
  return report.stopped === 'interrupted' ? 130 : report.failed > 0 ? 1 : 0;
}

type Run = { messages: MessageSet; planned: number; sender: Sender; flags: ReplayFlags; at: Surroundings };

async function send({ messages, planned, sender, flags, at }: Run): Promise<ReplayReport> {
  const signal = at.interrupt();
  const giveUp = onceAborted(signal, GRACE_MS, () => sender.close());
  const progress = startProgress({ label: 'Sending', total: planned, stream: at.stderr });
  const { repeat, rate, concurrency } = flags;
  let failed = 0;
  const onResult = ({ ok }: SendResult) => {
    if (!ok) failed += 1;
    progress.advance(failed === 0 ? '' : `(${failed} failed)`);
  };
  try {
    return await replay({ messages, sender, repeat, rate, concurrency, signal, onResult });
  } finally {
    progress.stop();
    giveUp.cancel();
    await sender.close();
  }
}

function unreachable({ address, whenRefused }: Route, { failures }: ReplayReport): CommandError {
  const fault = failures.findLast((failure) => failure.unreachable)?.error;
  return fault === 'connection refused'
    ? new CommandError(`Nothing listens at ${address}. ${whenRefused}`)
    : new CommandError(`Cannot reach ${address}: ${fault}.`);
}

/** Calls back some time after a signal is aborted, unless cancelled by then. */
function onceAborted(signal: AbortSignal, milliseconds: number, callback: () => void): { cancel(): void } {
  let timer: NodeJS.Timeout | undefined;
  const start = () => {
    timer = setTimeout(callback, milliseconds);
  };
  signal.addEventListener('abort', start, { once: true });
  return {
    cancel() {
      clearTimeout(timer);
      signal.removeEventListener('abort', start);
    },
  };
}

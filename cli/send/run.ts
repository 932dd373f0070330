import { CommandError } from '../common/command-error.ts';
import { type CommandContext, writeJson } from '../common/context.ts';
import { startProgress } from '../common/progress.ts';
import { type MessageSet, readMessages } from './read-messages.ts';
import { type Route, type RouteFlags, routeFor } from './route.ts';
import { type SendReport, sendAll } from './send-all.ts';
import type { Sender, SendResult } from './sender.ts';
import { formatReport } from './text.ts';

/** The command's options as commander gives them. */
export type SendFlags = RouteFlags & {
  repeat: number;
  rate?: number;
  concurrency: number;
  json?: true;
};

/** Answers on their way when Ctrl-C is pressed are waited for this long. */
const GRACE_MS = 2000;

/** `send`: resolves to the exit code; throws `CommandError` for what cannot be read or reached. */
export async function sendFiles(
  paths: readonly string[],
  flags: SendFlags,
  context: CommandContext,
): Promise<number> {
  const route = await routeFor(flags, context.env);
  const messages = await readMessages(paths, { messageType: route.envelopeType, folder: context.folder });
  const planned = messages.total * flags.repeat;
  const report = await sendMessages({ messages, planned, sender: route.createSender(), flags, context });

  if (flags.json) {
    writeJson(context, { url: route.address, planned, ...report });
  } else if (report.stopped !== 'unreachable' || report.latency) {
    context.stdout.write(`${formatReport(report, planned)}\n`);
  }
  if (report.stopped === 'unreachable') throw unreachable(route, report);
  return report.stopped === 'interrupted' ? 130 : report.failed > 0 ? 1 : 0;
}

type Run = {
  messages: MessageSet;
  planned: number;
  sender: Sender;
  flags: SendFlags;
  context: CommandContext;
};

async function sendMessages({ messages, planned, sender, flags, context }: Run): Promise<SendReport> {
  const signal = context.interrupt();
  const giveUp = onceAborted(signal, GRACE_MS, () => sender.close());
  const progress = startProgress({ label: 'Sending', total: planned, stream: context.stderr });
  const { repeat, rate, concurrency } = flags;
  let failed = 0;
  const onResult = ({ ok }: SendResult) => {
    if (!ok) failed += 1;
    progress.advance(failed === 0 ? '' : `(${failed} failed)`);
  };
  try {
    return await sendAll({ messages, sender, repeat, rate, concurrency, signal, onResult });
  } finally {
    progress.stop();
    giveUp.cancel();
    await sender.close();
  }
}

function unreachable({ address, whenRefused }: Route, { failures }: SendReport): CommandError {
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

import { CommandError } from '../support/command-error.ts';
import { printableUrl } from '../support/printable.ts';
import { startProgress } from '../support/progress.ts';
import { createEventHubSender } from './event-hub-sender.ts';
import { eventHubTargetFrom } from './event-hub-target.ts';
import { formatReport } from './format-report.ts';
import { type MessageSet, readMessages } from './read-messages.ts';
import { replay } from './replay.ts';
import type { ReplayReport } from './report.ts';
import { createRetryingSender } from './retrying-sender.ts';
import type { Sender, SendResult } from './sender.ts';
import { misuse, targetFrom } from './target.ts';
import { createWebhookSender } from './webhook-sender.ts';

/** The command's options as commander gives them. */
export type ReplayFlags = {
  via: 'webhook' | 'eventhub';
  url?: string;
  secret?: string;
  header?: string[];
  retry?: true;
  connectionString?: string;
  hub?: string;
  /** False with `--no-key`. */
  key: boolean;
  type: string;
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
    at.stdout.write(`${JSON.stringify({ url: route.address, planned, ...report }, null, 2)}\n`);
  } else if (report.stopped !== 'unreachable' || report.latency) {
    at.stdout.write(`${formatReport(report, planned)}\n`);
  }
  if (report.stopped === 'unreachable') throw unreachable(route.address, report);
  return report.stopped === 'interrupted' ? 130 : report.failed > 0 ? 1 : 0;
}

/** One way to the receiver. */
type Route = {
  /** For people, without keys. */
  address: string;
  /** The type in the envelope that bare payloads are put into; null where the type goes beside the body. */
  envelopeType: string | null;
  createSender(): Sender;
};

const WEBHOOK_FLAGS = ['url', 'secret', 'header', 'retry'] as const;
const EVENT_HUB_FLAGS = ['connectionString', 'hub'] as const;

async function routeFor(flags: ReplayFlags, env: NodeJS.ProcessEnv): Promise<Route> {
  if (flags.via === 'webhook') {
    if (!flags.key || EVENT_HUB_FLAGS.some((flag) => flags[flag] !== undefined)) {
      throw misuse('--connection-string, --hub and --no-key go with --via eventhub.');
    }
    const target = targetFrom(flags, env);
    const createSender = () => {
      const webhooks = createWebhookSender(target);
      return flags.retry ? createRetryingSender(webhooks) : webhooks;
    };
    return { address: printableUrl(target.url), envelopeType: flags.type, createSender };
  }
  if (WEBHOOK_FLAGS.some((flag) => flags[flag] !== undefined)) {
    throw misuse('--url, --secret, --header and --retry go with --via webhook.');
  }
  const target = await eventHubTargetFrom(flags, env);
  const createSender = () => createEventHubSender({ ...target, messageType: flags.type, keyed: flags.key });
  return { address: target.address, envelopeType: null, createSender };
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

function unreachable(address: string, { failures }: ReplayReport): CommandError {
  const fault = failures.findLast((failure) => failure.unreachable)?.error;
  return fault === 'connection refused'
    ? new CommandError(`Nothing listens at ${address}. Start the local stack with: npm start`)
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

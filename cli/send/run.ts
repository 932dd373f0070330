import { CommandError, usageError } from '../common/command-error.ts';
import { type CommandContext, writeJson } from '../common/context.ts';
import { startProgress } from '../common/progress.ts';
import { printableUrl } from '../common/url.ts';
import { createEventHubSender, eventHubTargetFrom } from './event-hub.ts';
import { createKafkaSender, kafkaTargetFrom } from './kafka.ts';
import { type MessageSet, readMessages } from './read-messages.ts';
import { type SendReport, sendAll } from './send-all.ts';
import type { Sender, SendResult } from './sender.ts';
import { formatReport } from './text.ts';
import { createRetryingSender, createWebhookSender } from './webhook-sender.ts';
import { targetFrom } from './webhook-target.ts';

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

/** The options that say where to send to, and how. */
export type RouteFlags = {
  via: 'webhook' | 'eventhub' | 'kafka';
  /** The type of payloads that come without an envelope. */
  type: string;
  url?: string;
  secret?: string;
  header?: string[];
  retry?: true;
  connectionString?: string;
  hub?: string;
  brokers?: string;
  topic?: string;
  /** False with `--no-key`. */
  key: boolean;
};

/** One way to the receiver. */
export type Route = {
  /** For people, without keys. */
  address: string;
  /** The type in the envelope that bare payloads are put into; null where the type goes beside the body. */
  envelopeType: string | null;
  /** What to do where nothing listens there. */
  whenRefused: string;
  createSender(): Sender;
};

const START_STACK = 'Start the local stack with: npm start';

/** The options that go with one way, as they are written; `key` is false where it is given. */
const FLAGS_OF: Readonly<Record<RouteFlags['via'], Readonly<Partial<Record<keyof RouteFlags, string>>>>> = {
  webhook: { url: '--url', secret: '--secret', header: '--header', retry: '--retry' },
  eventhub: { connectionString: '--connection-string', hub: '--hub', key: '--no-key' },
  kafka: { brokers: '--brokers', topic: '--topic', key: '--no-key' },
};

/** The way that the flags name; flags of another way are a wrong use. No error quotes a value. */
async function routeFor(flags: RouteFlags, env: NodeJS.ProcessEnv): Promise<Route> {
  refuseOthers(flags);
  if (flags.via === 'webhook') return webhookRoute(flags, env);
  const { type: messageType, key: keyed } = flags;
  if (flags.via === 'kafka') {
    const { address, ...target } = kafkaTargetFrom(flags, env);
    const createSender = () => createKafkaSender({ ...target, messageType, keyed });
    return { address, envelopeType: null, whenRefused: 'Is the broker running?', createSender };
  }
  const target = await eventHubTargetFrom(flags, env);
  const createSender = () => createEventHubSender({ ...target, messageType, keyed });
  return { address: target.address, envelopeType: null, whenRefused: START_STACK, createSender };
}

function webhookRoute(flags: RouteFlags, env: NodeJS.ProcessEnv): Route {
  const target = targetFrom(flags, env);
  const createSender = () => {
    const webhooks = createWebhookSender(target);
    return flags.retry ? createRetryingSender(webhooks) : webhooks;
  };
  return {
    address: printableUrl(target.url),
    envelopeType: flags.type,
    whenRefused: START_STACK,
    createSender,
  };
}

function refuseOthers(flags: RouteFlags): void {
  const isGiven = (name: string) => {
    const value = flags[name as keyof RouteFlags];
    return name === 'key' ? value === false : value !== undefined;
  };
  for (const [via, names] of Object.entries(FLAGS_OF)) {
    if (via === flags.via) continue;
    const own = FLAGS_OF[flags.via];
    const wrong = Object.keys(names).filter((name) => isGiven(name) && !Object.hasOwn(own, name));
    if (wrong.length > 0) throw usageError(`${listOf(Object.values(names))} go with --via ${via}.`);
  }
}

function listOf(words: readonly string[]): string {
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

import { CommandError, usageError } from '../common/command-error.ts';
import { type CommandContext, print } from '../common/context.ts';
import { startProgress } from '../common/progress.ts';
import { type EventHubFlags, eventHubTransport } from './event-hub.ts';
import { type KafkaFlags, kafkaTransport } from './kafka.ts';
import { readMessages } from './read-messages.ts';
import { type SendReport, sendAll } from './send-all.ts';
import { formatReport } from './text.ts';
import type { Transport } from './transport.ts';
import { type WebhookFlags, webhookTransport } from './webhook.ts';

/** The command's options as commander gives them. */
export type SendFlags = WebhookFlags &
  EventHubFlags &
  KafkaFlags & {
    via: keyof typeof TRANSPORTS;
    repeat: number;
    rate?: number;
    concurrency: number;
    json?: true;
  };

/** Each way to send, and the options that go with it. */
const TRANSPORTS = {
  webhook: { open: webhookTransport, options: ['--url', '--secret'] },
  eventhub: { open: eventHubTransport, options: ['--connection-string', '--hub'] },
  kafka: { open: kafkaTransport, options: ['--brokers', '--topic'] },
} as const;

/** `send`: resolves to the exit code; throws `CommandError` for what cannot be read or reached. */
export async function sendFiles(
  paths: readonly string[],
  flags: SendFlags,
  context: CommandContext,
): Promise<number> {
  const transport = TRANSPORTS[flags.via].open(flags, context.env);
  const { isBroker, address } = transport;
  // Brokers have the type beside the body.
  const messageType = isBroker ? null : flags.type;
  const messages = await readMessages(paths, { messageType, folder: context.folder });
  const planned = messages.total * flags.repeat;
  const signal = context.interrupt();
  const progress = startProgress({ label: 'Sending', total: planned, stream: context.stderr });
  let failed = 0;
  const onResult = ({ ok }: { ok: boolean }) => {
    if (!ok) failed += 1;
    progress.advance(failed === 0 ? '' : `(${failed} failed)`);
  };
  const { repeat, rate, concurrency } = flags;
  const report = await sendAll({ transport, messages, repeat, rate, concurrency, signal, onResult }).finally(
    () => {
      progress.stop();
      return transport.close?.();
    },
  );

  if (flags.json) print(context, { url: address, planned, ...report });
  else if (report.stopped !== 'unreachable' || report.succeeded > 0) {
    print(context, formatReport(report, planned));
  }
  if (report.stopped === 'unreachable') throw unreachable(transport, report);
  return report.stopped === 'interrupted' ? 130 : report.failed > 0 ? 1 : 0;
}

function unreachable({ address, whenRefused }: Transport, { failures }: SendReport): CommandError {
  const fault = failures.findLast((failure) => failure.unreachable)?.error;
  return fault === 'connection refused'
    ? new CommandError(`Nothing listens at ${address}. ${whenRefused}`)
    : new CommandError(`Cannot reach ${address}: ${fault}.`);
}

/** Refuses an option that goes with another way: the messages would not go where it says. */
export function requireOwnOptions(given: readonly string[], via: SendFlags['via']): void {
  const own: readonly string[] = TRANSPORTS[via].options;
  for (const [other, { options }] of Object.entries(TRANSPORTS)) {
    const wrong = options.find((option) => given.includes(option) && !own.includes(option));
    if (wrong !== undefined) throw usageError(`${wrong} goes with --via ${other}.`);
  }
}

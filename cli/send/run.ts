import { CommandError } from '../common/command-error.ts';
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

/** Each way to send. */
export const TRANSPORTS = { webhook: webhookTransport, eventhub: eventHubTransport, kafka: kafkaTransport };

/** `send`: resolves to the exit code; throws `CommandError` for what cannot be read or reached. */
export async function sendFiles(
  paths: readonly string[],
  flags: SendFlags,
  context: CommandContext,
): Promise<number> {
  const transport = TRANSPORTS[flags.via](flags, context.env);
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

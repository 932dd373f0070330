import type { ProductItem } from '../../../src/product/document.ts';
import type { Settled } from '../../../src/sync/settled.ts';
import { instant, type Message } from './history.ts';
import type { StoreCall } from './store-calls.ts';
import type { Batch } from './transports.ts';
import type { PendingCall, World } from './world.ts';

// How the things of a simulation are called when a history is told.

const clockTime = (time: string): string => time.slice(11, 23);

export function messageAsText(message: Message): string {
  const { label, stream, sequence, time } = message;
  const position = sequence === null ? stream.name : `${stream.name} #${sequence}`;
  return `${label}: ${contentAsText(message)}, ${position}, ${clockTime(instant(time))}`;
}

function contentAsText({ kind, productId, name }: Message): string {
  switch (kind) {
    case 'update':
      return `update of ${productId} to "${name}"`;
    case 'delete':
      return `delete of ${productId}`;
    case 'refused':
      return `update of ${productId} that the store refuses`;
    case 'invalid':
    case 'ignored':
      return `${kind} message about ${productId}`;
  }
}

export function itemAsText(world: World, item: ProductItem | undefined): string {
  if (item === undefined) return 'nothing';
  if (!item.sync) return 'what somebody wrote by hand';
  const label = world.receipts.get(item.sync.receivedAt)?.label ?? 'an unknown message';
  const what = 'deleted' in item ? 'a tombstone' : `"${item.name}"`;
  return `${what} by ${label}, marked ${clockTime(item.sync.time)}`;
}

export function batchAsText({ from, messages }: Batch, isPatient: boolean): string {
  const labels = messages.map(({ label }) => label).join(', ');
  return `gets ${labels || 'nothing'} from ${from}${isPatient ? '' : ', with little time'}`;
}

export function outcomesAsText({ messages }: Batch, settled: readonly (Settled | undefined)[]): string {
  const known = messages.map(({ label }, index) => [label, settled[index]?.outcome] as const);
  const named = known.filter(([, outcome]) => outcome !== undefined);
  return named.map(([label, outcome]) => `${label} ${outcome}`).join(', ') || 'nothing';
}

export function callAsText(world: World, { call, run }: PendingCall): string {
  const late = run.isOver ? ', though its time is over,' : '';
  return `${run.process.name}${late} ${requestAsText(world, call)}`;
}

export function requestAsText(world: World, call: StoreCall): string {
  switch (call.kind) {
    case 'read':
      return `reads ${call.productId}`;
    case 'create':
    case 'replace':
      return `${call.kind}s ${call.productId} with ${itemAsText(world, call.item)}`;
    case 'dead letter':
      return `keeps the dead letter of ${world.receipts.get(call.deadLetter.receivedAt)?.label}`;
  }
}

type Read = { deleted: boolean; sync: { stream: string; sequence: number | null; time: string } | null };

export function answerAsText(call: StoreCall, answer: unknown): string {
  if (answer instanceof Error) return `refused: ${answer.message}`;
  if (call.kind === 'dead letter') return 'kept';
  if (call.kind !== 'read') return answer === 'conflict' ? 'conflict' : 'written';
  if (answer === null) return 'nothing';
  const { deleted, sync } = answer as Read;
  if (sync === null) return 'what somebody wrote by hand';
  const position = sync.sequence === null ? sync.stream : `${sync.stream} #${sync.sequence}`;
  return `${deleted ? 'a tombstone' : 'a product'} of ${position}, marked ${clockTime(sync.time)}`;
}

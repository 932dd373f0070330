import type { Delivery } from '../../../src/message/delivery.ts';
import type { RetryPolicy } from '../../../src/sync/retry.ts';
import type { BatchResult } from '../../../src/sync/sync-batch.ts';
import { syncSettings } from '../settings.ts';
import { checkIsDurable } from './check-moments.ts';
import { instant, MARKETPLACE, type Message } from './history.ts';
import { kafkaDelivery } from './kafka-delivery.ts';
import { noteBatch, noteOutcomes } from './note-sightings.ts';
import { waitingStores } from './store-calls.ts';
import { batchAsText, outcomesAsText } from './story.ts';
import type { Batch } from './transports.ts';
import { broken, newProcess, type Process, type Run, type World } from './world.ts';

const SETTINGS = syncSettings({ marketplaceId: MARKETPLACE, writeConcurrency: 2 });

// Without delays nothing sleeps. A budget of 0 is used up when the first attempt has failed; the other one never is.
const IMPATIENT: RetryPolicy = { budgetMs: 0, firstDelayMs: 0, maxDelayMs: 0 };
const PATIENT: RetryPolicy = { ...IMPATIENT, budgetMs: 2 ** 31 - 1 };

/** Hands a batch to the app in a process. What comes of it is dealt with when it comes. */
export function runBatch(world: World, process: Process, batch: Batch, isPatient: boolean): void {
  world.tell(() => `${process.name} ${batchAsText(batch, isPatient)}`);
  noteBatch(world, batch);
  const run: Run = {
    process,
    batch,
    budget: new AbortController(),
    isPatient,
    isOver: false,
    read: new Set(),
    misled: new Set(),
    racesLost: new Map(),
  };
  process.run = run;
  const parts = {
    ...waitingStores(world.database, (call) => process.calls.push({ call, run })),
    memory: process.memory,
    policy: isPatient ? PATIENT : IMPATIENT,
    settings: SETTINGS,
    log: () => {},
  };
  const deliveries = batch.messages.map((message) => toDelivery(world, message));
  startWithBudget(run.budget.signal, () => world.core.syncBatch(parts, deliveries)).then(
    (result) => (result.problem === null ? succeed(world, run, result) : leaveOver(world, run, result)),
    (error: unknown) => broken(world, 'syncBatch never throws', String(error)),
  );
}

/** A process ends at once, whatever it is doing. Writes that it has sent may still arrive. */
export function die(world: World, process: Process): void {
  const writes = process.calls.map(({ call }) => call).filter(({ kind }) => kind !== 'read');
  if (writes.length > 0) world.saw('a crash with a write on its way');
  world.strays.push(...writes);
  process.run?.batch.onFailed();
  const [name, life = '1'] = process.name.split('.');
  world.processes[world.processes.indexOf(process)] = newProcess(world.core, `${name}.${Number(life) + 1}`);
}

const FIRST_RECEIPT = Date.UTC(2027, 0, 1);

function toDelivery({ receipts }: World, message: Message): Delivery {
  const receivedAt = instant(FIRST_RECEIPT + receipts.size);
  receipts.set(receivedAt, message);
  if (message.stream.transport === 'kafka') return kafkaDelivery(message, receivedAt);
  const { stream, sequence, time, body, properties } = message;
  const { name, transport } = stream;
  return { transport, stream: name, sequence, time: instant(time), receivedAt, body, properties };
}

/** syncBatch takes its time budget when it starts. Here the schedule ends it, and not the clock. */
function startWithBudget<Result>(signal: AbortSignal, start: () => Promise<Result>): Promise<Result> {
  const { timeout } = AbortSignal;
  let isTaken = false;
  AbortSignal.timeout = () => {
    isTaken = true;
    return signal;
  };
  const result = start();
  AbortSignal.timeout = timeout;
  if (!isTaken) throw new Error('syncBatch no longer starts with AbortSignal.timeout: adapt the simulation.');
  return result;
}

function succeed(world: World, run: Run, { settled }: BatchResult & { problem: null }): void {
  const { process, batch } = run;
  process.run = null;
  run.isOver = true;
  world.tell(() => `${process.name} is done: ${outcomesAsText(batch, settled)}`);
  noteOutcomes(world, batch, settled);
  for (const [index, message] of batch.messages.entries()) {
    checkIsDurable(world, message, settled[index]);
    world.broker.acknowledged.add(message);
  }
  batch.onAcknowledged();
}

function leaveOver(world: World, run: Run, { settled, problem }: BatchResult): void {
  const { process, batch } = run;
  process.run = null;
  run.isOver = true;
  world.tell(() => `${process.name} gives up: ${problem} Settled: ${outcomesAsText(batch, settled)}`);
  world.saw('messages left over by a batch');
  for (const [index, message] of batch.messages.entries()) {
    if (settled[index] !== undefined) checkIsDurable(world, message, settled[index]);
  }
  batch.onFailed();
}

import { checkMarkMoved } from './check-moments.ts';
import type { Choose } from './database.ts';
import { noteLostRace, noteWrite } from './note-sightings.ts';
import { die } from './run-batch.ts';
import type { StoreCall } from './store-calls.ts';
import { answerAsText, callAsText, requestAsText } from './story.ts';
import type { PendingCall, World } from './world.ts';

type Fate =
  | 'goes well'
  | 'old read'
  | 'fails before it happens'
  | 'fails after it happened'
  | 'crash before it happens'
  | 'crash after it happened'
  | 'no answer in time';

/** How many of 100 calls meet which fate. */
const FATES: readonly [share: number, fate: Fate][] = [
  [53, 'goes well'],
  [25, 'old read'],
  [4, 'fails before it happens'],
  [6, 'fails after it happened'],
  [3, 'crash before it happens'],
  [3, 'crash after it happened'],
  [6, 'no answer in time'],
];
const FATE_OF = FATES.flatMap(([share, fate]) => Array.from({ length: share }, () => fate));

/** A call has its turn. `choose` decides how old an old read is. */
export async function meetFate(
  world: World,
  pending: PendingCall,
  fate: number,
  choose: Choose,
): Promise<void> {
  const { call, run } = pending;
  const { process } = run;
  const text = (what: string) => world.tell(() => `${callAsText(world, pending)} → ${what}`);
  switch (FATE_OF[fate % FATE_OF.length] as Fate) {
    case 'goes well':
      return goWell(world, pending);
    case 'old read':
      return goWell(world, pending, choose);
    case 'fails before it happens':
      text('the store is not available');
      return failTransiently(world, pending);
    case 'fails after it happened': {
      const answer = await happen(world, call, pending);
      text(`${answerAsText(call, answer)}, but the answer is lost`);
      if (isWritten(call, answer)) world.saw('a write whose answer was lost');
      return failTransiently(world, pending);
    }
    case 'crash before it happens':
      text(`${process.name} dies; what it has sent is still on its way`);
      process.calls.push(pending);
      return die(world, process);
    case 'crash after it happened': {
      const answer = await happen(world, call, pending);
      text(`${answerAsText(call, answer)}, and ${process.name} dies`);
      if (isWritten(call, answer)) world.saw('a crash after a write');
      return die(world, process);
    }
    case 'no answer in time':
      if (run.isPatient || run.isOver) return goWell(world, pending);
      text('no answer in time');
      world.saw('a time budget used up');
      process.calls.push(pending);
      run.budget.abort();
  }
}

/** The call happens and is answered. With `chooseOld`, a read may be answered with an earlier version. */
export async function goWell(world: World, pending: PendingCall, chooseOld?: Choose): Promise<void> {
  const { call, run } = pending;
  if (run.isOver) world.saw('a call that went on after its time budget');
  const isOld = call.kind === 'read' && chooseOld !== undefined && mislead(world, call.productId, chooseOld);
  if (call.kind === 'read') {
    run.read.add(call.productId);
    if (isOld) run.misled.add(call.productId);
    else run.misled.delete(call.productId);
  }
  const answer = await happen(world, call, pending);
  if (isOld) world.saw(answer === null ? 'an old read of nothing' : 'an old read');
  const old = isOld ? ' (an OLD read)' : '';
  world.tell(() => `${callAsText(world, pending)} → ${answerAsText(call, answer)}${old}`);
  call.answer();
}

function mislead(world: World, productId: string, chooseOld: Choose): boolean {
  // Where clocks disagree no rule could stand an old read: see the README.
  return !world.contested.has(productId) && world.database.readOldNext(productId, chooseOld);
}

function failTransiently(world: World, { call, run }: PendingCall): void {
  world.saw('a transient failure');
  if ('productId' in call) run.racesLost.delete(call.productId);
  call.fail(new world.core.StoreUnavailableError('The store is not available.'));
}

/** A call of a process that has died arrives after all. */
export async function land(world: World, stray: StoreCall): Promise<void> {
  const answer = await happen(world, stray, null);
  world.tell(() => `(late, of a dead one) ${requestAsText(world, stray)} → ${answerAsText(stray, answer)}`);
  if (isWritten(stray, answer)) world.saw('a stray write that still happened');
  if (answer === 'conflict') world.saw('a stray write prevented by its condition');
}

/** Lets the store do what it is asked, looks at what it did, and comes to its answer or its error. */
async function happen(world: World, call: StoreCall, pending: PendingCall | null): Promise<unknown> {
  const before = 'productId' in call ? world.database.items.get(call.productId) : undefined;
  let answer: unknown;
  try {
    answer = await call.happen();
  } catch (error) {
    return error;
  }
  if (call.kind !== 'create' && call.kind !== 'replace') return answer;
  if (isWritten(call, answer)) {
    noteWrite(world, before, call.item);
    if (pending !== null && !pending.run.read.has(call.productId)) world.saw('a write without a read');
    checkMarkMoved(world, before, call.item);
  } else if (pending !== null) noteLostRace(world, pending.run, call.productId);
  return answer;
}

/** Whether a call was a product's write, and happened. */
function isWritten({ kind }: StoreCall, answer: unknown): boolean {
  return (kind === 'create' || kind === 'replace') && answer !== 'conflict' && !(answer instanceof Error);
}

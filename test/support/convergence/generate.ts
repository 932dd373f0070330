import fc from 'fast-check';
import { type History, type MessageKind, type Turn, WINDOW } from './history.ts';
import { type MessagePlan, STREAM_KIND_COUNT, type StreamPlan, toHistory } from './plan.ts';

/** One of `choices`, each as often as its weight says; shrinks towards the first. */
function weighted<Choice>(...choices: [weight: number, choice: Choice][]): fc.Arbitrary<Choice> {
  const table = choices.flatMap(([weight, choice]) => Array.from({ length: weight }, () => choice));
  return fc.nat(table.length - 1).map((index) => table[index] as Choice);
}

const streamPlan: fc.Arbitrary<StreamPlan> = fc.record({
  kind: fc.nat(STREAM_KIND_COUNT - 1),
  firstSequence: weighted([1, 0], [1, 100]),
  start: weighted([3, 0], [1, 1], [1, WINDOW]),
  isSteady: fc.boolean(),
});

const kind: fc.Arbitrary<MessageKind> = weighted(
  [14, 'update'],
  [6, 'delete'],
  [2, 'refused'],
  [1, 'invalid'],
  [1, 'ignored'],
);

// Equal times and the very edges of the window are where mistakes would be.
const step = weighted(
  [4, 0],
  [3, 1],
  [2, 1_000],
  [2, WINDOW / 2],
  [1, WINDOW],
  [2, WINDOW + 1],
  [1, -1],
  [2, -WINDOW / 2],
  [2, -WINDOW],
);

const messagePlan: fc.Arbitrary<MessagePlan> = fc.record({
  stream: fc.nat(5),
  product: weighted([8, 0], [2, 1], [1, 2]),
  kind,
  variant: fc.nat(2),
  step,
  sequenceStep: weighted([3, 1], [1, 7]),
  recreated: weighted([12, false], [1, true]),
});

const turn: fc.Arbitrary<Turn> = fc.record({
  who: fc.nat(19),
  fate: fc.nat(99),
  pick: fc.nat(2 ** 24 - 1),
});

const MAX_TURNS = 100;

/** Histories within the limits that the contract states, up to their edges. */
export const histories: fc.Arbitrary<History> = fc
  .noBias(
    fc.record({
      streams: fc.array(streamPlan, { minLength: 1, maxLength: 4, size: 'max' }),
      keyed: weighted([3, false], [1, true]),
      messages: fc.array(messagePlan, { minLength: 2, maxLength: 9, size: 'max' }),
      handWritten: weighted([9, false], [1, true]),
      workers: fc.integer({ min: 2, max: 4 }),
      turns: fc.array(turn, { maxLength: MAX_TURNS, size: 'max' }),
    }),
  )
  .map(toHistory);

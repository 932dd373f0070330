import { afterAll, beforeAll, beforeEach } from 'vitest';
import type { CommandContext } from '../../../cli/common/context.ts';
import { replayDeadLettersCommand } from '../../../cli/dead-letters/replay.ts';
import { deleteDeadLetters, listDeadLetters } from '../../../cli/dead-letters/run.ts';
import { showDeadLetter } from '../../../cli/dead-letters/show.ts';
import type { DeadLetter } from '../../../src/store/dead-letter.ts';
import { startTestCosmos, type TestCosmos } from '../../support/cosmos.ts';
import { type Options, runAt } from '../../support/run-command.ts';

export let cosmos: TestCosmos;
beforeAll(async () => {
  cosmos = await startTestCosmos();
});
afterAll(() => cosmos.close());

beforeEach(async () => {
  for (const container of [cosmos.products, cosmos.deadLetters]) {
    const { resources: ids } = await container.items.query<string>('SELECT VALUE c.id FROM c').fetchAll();
    await Promise.all(ids.map((id) => container.item(id, id).delete()));
  }
});

/** Runs a command on the test's account; gives how it ended and what it wrote. */
export async function run(
  command: (at: CommandContext) => Promise<number>,
  {
    env = { COSMOS_CONNECTION_STRING: cosmos.connectionString, ORDERCLOUD_MARKETPLACE_ID: 'roastery' },
    ...more
  }: Partial<Options> = {},
) {
  const { exitCode, error, ...told } = await runAt({ env, ...more }, command);
  return { ended: error === null ? exitCode : { exitCode, error }, ...told };
}

export const list =
  (flags: Parameters<typeof listDeadLetters>[0] = {}) =>
  (at: CommandContext) =>
    listDeadLetters(flags, at);
export const show =
  (id: string, flags: Parameters<typeof showDeadLetter>[1] = {}) =>
  (at: CommandContext) =>
    showDeadLetter(id, flags, at);
export const replay =
  (ids: string[], flags: Parameters<typeof replayDeadLettersCommand>[1] = {}) =>
  (at: CommandContext) =>
    replayDeadLettersCommand(ids, flags, at);
export const remove =
  (ids: string[], flags: Parameters<typeof deleteDeadLetters>[1] = {}) =>
  (at: CommandContext) =>
    deleteDeadLetters(ids, flags, at);

export async function keep(...deadLetters: DeadLetter[]): Promise<void> {
  await Promise.all(deadLetters.map((one) => cosmos.stores.deadLetters.keep(one)));
}

export async function keptIds(): Promise<string[]> {
  return (await cosmos.deadLetters.items.query<string>('SELECT VALUE c.id FROM c').fetchAll()).resources;
}

/** Times of now, so that nothing is too old. */
export function minutesAgo(minutes: number): { time: string; receivedAt: string } {
  const time = new Date(Date.now() - minutes * 60_000).toISOString();
  return { time, receivedAt: time };
}

export const issues = [
  { path: 'Name', expected: 'a string', found: 'the number 3' },
  { path: 'Active', expected: 'true or false', found: 'the string "yes"' },
];

import type { Account } from '../dead-letters/account.ts';
import { countOf } from '../support/count-of.ts';
import { misuse } from '../support/surroundings.ts';

/** The options that choose products, as commander gives them. */
export type ChoiceFlags = { deadLetters?: true; all?: true; schemaBelow?: number };

/** Products to ask for, and what to say about the choice. */
export type Choice = { ids: string[]; notes: string[] };

/** Refuses what cannot be meant, before anything is asked of anybody. */
export function requireChoice(ids: readonly string[], flags: ChoiceFlags): void {
  const given = [
    ids.length > 0,
    flags.deadLetters === true,
    flags.all === true,
    flags.schemaBelow !== undefined,
  ];
  const count = given.filter(Boolean).length;
  if (count === 0) throw misuse('Name products by ID, or pass --dead-letters, --schema-below or --all.');
  if (count > 1) {
    throw misuse('Choose products by ID, --dead-letters, --schema-below or --all: one of these at a time.');
  }
}

/** Every product that a dead letter names, in the order of arrival. */
export async function withDeadLetters({ archive, address }: Account): Promise<Choice> {
  const ids: string[] = [];
  let unnamed = 0;
  for await (const { productId } of archive.list({})) {
    if (productId === null) unnamed += 1;
    else ids.push(productId);
  }
  const distinct = [...new Set(ids.reverse())];
  const notes = [`${countOf(distinct.length, 'product')} with dead letters at ${address}.`];
  if (unnamed > 0)
    notes.push(`Without a product ID: ${countOf(unnamed, 'dead letter')}; see dead-letters list.`);
  return { ids: distinct, notes };
}

/** Every product whose document is of an older schema. */
export async function belowSchema({ catalog, address }: Account, version: number): Promise<Choice> {
  const ids: string[] = [];
  for await (const id of catalog.idsBelowSchema(version)) ids.push(id);
  return {
    ids,
    notes: [`${countOf(ids.length, 'product')} below schema version ${version} at ${address}.`],
  };
}

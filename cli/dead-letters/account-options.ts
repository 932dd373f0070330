import type { Surroundings } from '../support/surroundings.ts';

/** The options that every command has. */
export type CommonFlags = { json?: true; cosmosPort?: number };

/** How an account is opened here. */
export function accountOptions(at: Surroundings, { cosmosPort }: CommonFlags, signal?: AbortSignal) {
  const note = (line: string) => void at.stderr.write(`${line}\n`);
  return { env: at.env, folder: at.folder, cosmosPort, note, signal };
}

import { setMaxListeners } from 'node:events';
import { eachUntilInterrupted, untilInterrupted } from '../support/until-interrupted.ts';
import type { Account } from './account.ts';

/**
 * An account whose reading ends at once when the signal is aborted: a store that does not answer, or that asks to wait,
 * would hold a person up for minutes. Writing is left as it is.
 */
export function interruptible(account: Account, signal: AbortSignal): Account {
  const { catalog, archive, countDeadLetters } = account;
  // One for each of the calls that are made at a time.
  setMaxListeners(0, signal);
  return {
    ...account,
    countDeadLetters: () => untilInterrupted(countDeadLetters(), signal),
    archive: {
      ...archive,
      list: (filter) => eachUntilInterrupted(archive.list(filter), signal),
    },
    catalog: {
      list: (filter) => eachUntilInterrupted(catalog.list(filter), signal),
      read: (id, options) => untilInterrupted(catalog.read(id, options), signal),
      ids: (filter) => eachUntilInterrupted(catalog.ids(filter), signal),
      idsBelowSchema: (version) => eachUntilInterrupted(catalog.idsBelowSchema(version), signal),
      counts: () => untilInterrupted(catalog.counts(), signal),
      lastMessage: (transport) => untilInterrupted(catalog.lastMessage(transport), signal),
    },
  };
}

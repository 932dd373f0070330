import type { Schedule } from './document.ts';
import { type SentSchedule, toSchedule } from './price-schedule.ts';
import { type Warn, warningsCollector } from './warnings.ts';

/** The schedules under one ID, once it came twice: their stored ids by content, and the last number given. */
type SameId = { idByContent: Map<string, string>; lastNumber: number };

/**
 * Keeps the distinct price schedules of one message. Parties that share a schedule each send it: equal content is
 * kept once. Other content under the same ID becomes `<id>#2` and so on, never one of `sentIds`, the IDs that this
 * message gives to its schedules.
 */
export function scheduleRegistry(sentIds: ReadonlySet<string>, warn: Warn) {
  const byId = new Map<string, Schedule>();
  const sameIds = new Map<string, SameId>();

  function addAgain(sent: SentSchedule, first: Schedule): string {
    const same = sameIds.get(first.id) ?? {
      idByContent: new Map([[JSON.stringify(first), first.id]]),
      lastNumber: 1,
    };
    sameIds.set(first.id, same);
    const { warnings, warn: collect } = warningsCollector();
    const schedule = toSchedule(sent, collect);
    const content = JSON.stringify(schedule);
    const known = same.idByContent.get(content);
    if (known !== undefined) return known;
    do same.lastNumber += 1;
    while (sentIds.has(`${first.id}#${same.lastNumber}`));
    const id = `${first.id}#${same.lastNumber}`;
    same.idByContent.set(content, id);
    byId.set(id, { ...schedule, id });
    // What is odd in a schedule that came before was told then.
    for (const { code, path, message } of warnings) warn(code, path, message);
    warn('price-schedule-conflict', sent.path, 'Other content came under the same ID.');
    return id;
  }

  return {
    /** By stored id. */
    byId: byId as ReadonlyMap<string, Schedule>,
    /** Keeps a schedule, unless the same is kept already, and gives the id that it is stored under. */
    add(sent: SentSchedule): string {
      const first = byId.get(sent.schedule.ID);
      if (first !== undefined) return addAgain(sent, first);
      const schedule = toSchedule(sent, warn);
      byId.set(schedule.id, schedule);
      return schedule.id;
    },
  };
}

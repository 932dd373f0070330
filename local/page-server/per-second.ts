import type { Second } from '../page/api.ts';

const KEPT_SECONDS = 600;

/** What happened in each of the last ten minutes' seconds. */
export class PerSecond {
  readonly #seconds = new Map<number, Second>();

  add({
    outcome,
    lagMs,
    milliseconds,
  }: {
    outcome: string;
    lagMs: number | null;
    milliseconds: number;
  }): void {
    const second = this.#now();
    second.messages += 1;
    second.outcomes[outcome] = (second.outcomes[outcome] ?? 0) + 1;
    second.milliseconds = Math.max(second.milliseconds, milliseconds);
    if (lagMs !== null) second.lagMs = Math.max(second.lagMs ?? 0, lagMs);
  }

  addStoreAnswer(milliseconds: number): void {
    const second = this.#now();
    second.storeMs = Math.max(second.storeMs ?? 0, milliseconds);
  }

  /** The oldest first; seconds in which nothing happened are left out. */
  list(): Second[] {
    return [...this.#seconds.values()];
  }

  #now(): Second {
    const at = Math.floor(Date.now() / 1_000);
    const known = this.#seconds.get(at);
    if (known) return known;
    for (const old of this.#seconds.keys()) if (old < at - KEPT_SECONDS) this.#seconds.delete(old);
    const second: Second = { at, messages: 0, outcomes: {}, milliseconds: 0, lagMs: null, storeMs: null };
    this.#seconds.set(at, second);
    return second;
  }
}

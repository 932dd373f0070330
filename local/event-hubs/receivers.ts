import { Refusal } from './refusal.ts';

/** A consumer's link on one partition, as far as it contends with others of its group. */
export interface ActiveReceiver {
  /** The owner level ("epoch"); undefined: it does not claim the partition for itself. */
  epoch: number | undefined;
  detach(reason: Refusal): void;
}

/** The receivers of one consumer group on one partition. */
export class Receivers {
  readonly #active = new Set<ActiveReceiver>();

  /**
   * Lets a receiver in, or throws. With an epoch it detaches every other one, unless one of those has a higher
   * epoch; at equal epochs the newcomer wins, which is how two consumers with checkpoint stores hand over.
   */
  admit(newcomer: ActiveReceiver): void {
    const others = [...this.#active];
    const highest = Math.max(...others.map(({ epoch }) => epoch ?? Number.NEGATIVE_INFINITY));
    if ((newcomer.epoch ?? Number.NEGATIVE_INFINITY) < highest) {
      throw new Refusal('amqp:link:stolen', `A receiver with epoch ${highest} owns the partition.`);
    }
    this.#active.add(newcomer);
    if (newcomer.epoch === undefined) return;
    const text = `A receiver with epoch ${newcomer.epoch} took the partition over.`;
    for (const other of others) other.detach(new Refusal('amqp:link:stolen', text));
  }

  /** Forgets a receiver whose link has ended. */
  release(receiver: ActiveReceiver): void {
    this.#active.delete(receiver);
  }
}

import { Refusal } from './refusal.ts';

/** A consumer's link on one partition, where others of its group may want to read, too. */
export interface ActiveReceiver {
  /** The owner level ("epoch"); undefined if it does not want the partition for itself. */
  epoch: number | undefined;
  detach(reason: Refusal): void;
}

/** The receivers of one consumer group on one partition. */
export class Receivers {
  readonly #active = new Set<ActiveReceiver>();

  /**
   * Lets a receiver in, or throws if one with a higher epoch is there. A receiver with an epoch detaches all others. At
   * equal epochs the new one wins: so two consumers with checkpoint stores hand a partition over.
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

/** What must not be missing from the histories: each was behind a bug somewhere, or guards against one. */
export const SIGHTINGS = [
  // What the messages hold
  'times running back on a stream',
  'times exactly five minutes apart',
  'a stream recreated',
  'two streams at the same instant',
  'webhooks at the same instant',
  'a product by several streams',
  'clocks that disagree',
  'times running back on a Kafka partition',
  'a product by several Kafka partitions',
  'a hand-written item replaced',
  // How they are delivered
  'redelivered messages',
  'a batch cut anew',
  'a message twice in a batch',
  'a batch of several streams',
  'a batch of several Kafka partitions',
  'a null value on Kafka',
  'two owners of a partition at once',
  'a webhook sent again',
  // What goes wrong
  'an old read',
  'an old read of nothing',
  'a write on the ground of an old read, prevented by its condition',
  'a write without a read',
  'a write on the ground of what was remembered, prevented by its condition',
  'a lost race',
  'five races lost in a row',
  'a transient failure',
  'a write whose answer was lost',
  'a crash with a write on its way',
  'a crash after a write',
  'a stray write that still happened',
  'a stray write prevented by its condition',
  'a time budget used up',
  'a call that went on after its time budget',
  'messages left over by a batch',
  // What came of it
  'created',
  'updated',
  'deleted',
  'unchanged',
  'stale',
  'duplicate',
  'superseded',
  'dead-lettered',
  'ignored',
  'a late update kept out by a tombstone',
  'a product created again after its delete',
  'a mark that kept a later time',
  'a refused message, and its predecessor written',
] as const;
export type Sighting = (typeof SIGHTINGS)[number];

/** How often each was seen. */
export type Sightings = Map<Sighting, number>;

export function note(sightings: Sightings, sighting: Sighting): void {
  sightings.set(sighting, (sightings.get(sighting) ?? 0) + 1);
}

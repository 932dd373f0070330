import type { WriteMemory } from '../../../src/sync/write-memory.ts';
import type { Core } from './core.ts';
import { type Database, openDatabase, type StoreBug } from './database.ts';
import type { History, Message } from './history.ts';
import { clocksDisagree } from './order.ts';
import { note, type Sighting, type Sightings } from './sightings.ts';
import type { StoreCall } from './store-calls.ts';
import type { Batch, Broker } from './transports.ts';

/** Everything there is while a history is simulated. */
export type World = {
  core: Core;
  history: History;
  database: Database;
  broker: Broker;
  /** The processes alive now. One that dies is replaced by a new one in its place. */
  processes: Process[];
  /** Calls of the dead that are still on their way. */
  strays: StoreCall[];
  /** Products whose clocks disagree. */
  contested: ReadonlySet<string>;
  /** Which message each delivery was of: its instant of receipt is unlike any other, and the stored mark holds it. */
  receipts: Map<string, Message>;
  endOnly: boolean;
  /** The first property that was found broken. */
  violation: Violation | null;
  tell: (line: () => string) => void;
  saw: (sighting: Sighting) => void;
};

/** A process that runs the app. It works on one batch at a time. */
export type Process = {
  name: string;
  run: Run | null;
  /** Its calls to the stores that have not happened yet, those of runs whose time is over included. */
  calls: PendingCall[];
  /** How far it has come on each partition that it owns, or believes to own. */
  cursors: Map<string, number>;
  /** What it has written itself. It dies with the process. */
  memory: WriteMemory;
};

export type PendingCall = { call: StoreCall; run: Run };

/** One call of syncBatch. */
export type Run = {
  process: Process;
  batch: Batch;
  budget: AbortController;
  /** Tries transient failures again and again. Otherwise its time is used up with each product's first failure. */
  isPatient: boolean;
  isOver: boolean;
  /** Products that it has read; what it writes without that, it remembers. */
  read: Set<string>;
  /** Products that it last read an earlier version of. */
  misled: Set<string>;
  racesLost: Map<string, number>;
};

export type PropertyName =
  | 'the stored state ends as the newest storable message says'
  | 'no message is acknowledged before its outcome is durable'
  | 'marks never move backwards'
  | 'each invalid or refused message is dead-lettered exactly once'
  | 'every message is settled once the faults are over'
  | 'syncBatch never throws';

/** A property does not hold. */
export class Violation extends Error {
  override readonly name = 'Violation';
  readonly property: PropertyName;

  constructor(property: PropertyName, details: string) {
    super(`Broken: ${property}.\n  ${details}`);
    this.property = property;
  }
}

export type SimulationOptions = {
  core: Core;
  storeBug?: StoreBug;
  sightings?: Sightings;
  /** Looks at what is left in the end only, as somebody would who can see nothing but the containers. */
  endOnly?: boolean;
  /** Takes the lines of the story. They are only made when somebody listens: that is slow. */
  onLine?: (line: string) => void;
};

export function emptyWorld(
  history: History,
  broker: Broker,
  { core, storeBug, sightings, endOnly = false, onLine }: SimulationOptions,
): World {
  const products = [...new Set(history.messages.map(({ productId }) => productId))];
  return {
    core,
    history,
    database: openDatabase(core, storeBug),
    broker,
    processes: Array.from({ length: history.workers }, (_, index) => newProcess(core, `worker ${index + 1}`)),
    strays: [],
    contested: new Set(products.filter((productId) => clocksDisagree(productId, history.messages))),
    receipts: new Map(),
    endOnly,
    violation: null,
    tell: onLine === undefined ? () => {} : (line) => onLine(line()),
    saw: sightings === undefined ? () => {} : (sighting) => note(sightings, sighting),
  };
}

export function newProcess(core: Core, name: string): Process {
  return { name, run: null, calls: [], cursors: new Map(), memory: core.writeMemory() };
}

export function broken(world: World, property: PropertyName, details: string): void {
  world.violation ??= new Violation(property, details);
}

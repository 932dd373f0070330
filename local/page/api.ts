import type {
  StoredOption,
  StoredPricing,
  StoredProduct,
  StoredSchedule,
  StoredSpec,
  Tombstone,
} from '../../src/offer/offer.ts';

// What the page and its server send to each other.

/** The ways by which messages arrive. */
export type Transport = 'http' | 'eventhub' | 'kafka';

/** A message that reached the stack, and what became of it. */
export type Message = {
  /** Counted from the start of the stack. */
  number: number;
  at: string;
  transport: Transport;
  /** From a broker: stream and sequence. */
  stream: string | null;
  type: string | null;
  productId: string | null;
  /** `created`, `updated`, …, `dead-lettered`, or `refused`. */
  outcome: string;
  reason: string | null;
  deadLetterId: string | null;
  /** The status of an HTTP answer. */
  status: number | null;
  milliseconds: number;
  /** Milliseconds from the broker's time to the outcome. */
  lagMs: number | null;
  bytes: number;
  sha256: string;
};

/** The same, with the body or its first part, and the answer. */
export type MessageDetail = Message & { body: string; isCut: boolean; answer: string | null };

/** What is wrong at one place of a message. */
export type Issue = { path: string; expected: string; found: string };

/** A price schedule with its name. */
export type Schedule = StoredSchedule & { name: string | null };

/** A spec with the names of its options. */
export type Spec = Omit<StoredSpec, 'options'> & {
  name: string | null;
  options: readonly (StoredOption & { value: string | null })[];
};

/** The part of a stored document that the page reads. */
export type Product = Omit<StoredProduct, 'pricing' | 'specs'> & {
  name: string | null;
  description: string | null;
  categories: { id: string; name: string | null }[];
  pricing: (Omit<StoredPricing, 'schedules'> & { schedules: readonly Schedule[] }) | null;
  specs: readonly Spec[];
  xp: unknown;
  sync: { time: string; receivedAt: string; warnings: { code: string; path: string; message: string }[] };
};

/** A product, or the tombstone of a deleted one. */
export type Item = Product | (Tombstone & { sync?: { time: string } });

/** A message that could not be processed. */
export type DeadLetter = {
  id: string;
  reason: string;
  detail: string;
  issues: Issue[];
  transport: Transport;
  stream: string;
  productId: string | null;
  messageType: string | null;
  receivedAt: string;
  attempts: number;
  bodyBytes: number;
  truncated: boolean;
};

/** What became of a message that the page sent. */
export type Sent = { status: number | null; outcome: string; detail: string | null; issues: Issue[] };

/** A sample, which people send as it is or change first. */
export type Sample = { name: string; title: string; body: string };

/** What happened in one second, with the longest of each time. `at` is in seconds since 1970. */
export type Second = {
  at: number;
  messages: number;
  outcomes: Record<string, number>;
  milliseconds: number;
  lagMs: number | null;
  storeMs: number | null;
};

/** The state of the stack. A setting's value is null if it is not shown. */
export type Health = {
  checks: { status: number; failing: string[] };
  settings: { name: string; value: string | null }[];
  /** The last ten minutes, the oldest second first. */
  seconds: Second[];
};

/** What the page may do. */
export type Stack = { transports: Transport[]; store: string; isLocalStore: boolean };

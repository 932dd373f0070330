import type { Marketplace, Model } from './marketplace.ts';
import type { Outbox } from './outbox.ts';

/** One request, read and checked for a token and a role. */
export type Call = {
  /** The parts of the path that the pattern names. */
  params: readonly string[];
  query: URLSearchParams;
  body: Model;
  marketplace: Marketplace;
  outbox: Outbox;
};

export type Answer = { status: number; body?: unknown };

/** `needs` is the role; FullAccess does too. */
export type Route = {
  method: string;
  path: RegExp;
  needs: string;
  answer: (call: Call) => Answer;
};

export const ok = (body: unknown): Answer => ({ status: 200, body });
export const created = (body: unknown): Answer => ({ status: 201, body });
export const noContent: Answer = { status: 204 };

import type { Marketplace, Model } from './marketplace.ts';
import type { Outbox } from './outbox.ts';

/** One request, read and checked for a token and a role. */
export type Call = {
  /** In the place of `:id` in the path. */
  id: string;
  query: URLSearchParams;
  body: Model;
  marketplace: Marketplace;
  outbox: Outbox;
};

export type ApiAnswer = { status: number; body?: unknown };

/** By method and path, such as `GET /products/:id`. `needs` is the role; FullAccess does too. */
export type Routes = Readonly<Record<string, { needs: string; answer(call: Call): ApiAnswer }>>;

export const ok = (body: unknown): ApiAnswer => ({ status: 200, body });
export const created = (body: unknown): ApiAnswer => ({ status: 201, body });
export const noContent: ApiAnswer = { status: 204 };

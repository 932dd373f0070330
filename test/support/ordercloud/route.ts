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

/** By the role that they need, where FullAccess does too, and by method and path, such as `GET /products/:id`. */
export type Routes = Readonly<Record<string, Readonly<Record<string, (call: Call) => ApiAnswer>>>>;

export const ok = (body: unknown): ApiAnswer => ({ status: 200, body });
export const created = (body: unknown): ApiAnswer => ({ status: 201, body });
export const noContent: ApiAnswer = { status: 204 };

/** An answer that refuses, in OrderCloud's shape. */
export class Failure extends Error {
  readonly status: number;
  readonly code: string;
  data: unknown = null;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }

  get body(): object {
    return { Errors: [{ ErrorCode: this.code, Message: this.message, Data: this.data }] };
  }

  /** The same with what OrderCloud says beside the message. */
  with(data: object): this {
    this.data = data;
    return this;
  }
}

export function notFound(objectType: string, objectId: string): Failure {
  return new Failure(404, 'NotFound', 'Object not found.').with({
    ObjectType: objectType,
    ObjectID: objectId,
  });
}

export function invalidToken(): Failure {
  return new Failure(401, 'InvalidToken', 'Access token is invalid or expired.');
}

export function requiredField(name: string): Failure {
  return new Failure(400, 'RequiredField', `${name} is required.`);
}

export function find(models: ReadonlyMap<string, Model>, type: string, id: string): Model {
  const found = models.get(id);
  if (found === undefined) throw notFound(type, id);
  return found;
}

/** As OrderCloud's PATCH: objects are merged, everything else replaced, null takes away. */
export function merged(into: Model, change: Model): Model {
  const result: Model = { ...into };
  for (const [name, value] of Object.entries(change)) {
    const former = result[name];
    if (value === null) delete result[name];
    else result[name] = isModel(value) && isModel(former) ? merged(former, value) : value;
  }
  return result;
}

function isModel(value: unknown): value is Model {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

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

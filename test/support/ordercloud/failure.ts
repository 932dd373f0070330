/** An answer that refuses, in OrderCloud's shape. */
export class Failure extends Error {
  readonly status: number;
  readonly errorCode: string;
  readonly data: unknown;

  constructor(status: number, errorCode: string, message: string, data: unknown = null) {
    super(message);
    this.status = status;
    this.errorCode = errorCode;
    this.data = data;
  }
}

/** `{ Errors: [{ ErrorCode, Message, Data }] }` */
export function errorBody({ errorCode, message, data }: Failure): object {
  return { Errors: [{ ErrorCode: errorCode, Message: message, Data: data }] };
}

export function notFound(objectType: string, objectId: string): Failure {
  return new Failure(404, 'NotFound', 'Object not found.', { ObjectType: objectType, ObjectID: objectId });
}

export function insufficientRoles(needed: string, assigned: readonly string[]): Failure {
  return new Failure(
    403,
    'Auth.InsufficientRoles',
    'User does not have role(s) required to perform this action.',
    { SufficientRoles: [needed, 'FullAccess'], AssignedRoles: assigned },
  );
}

export function invalidToken(): Failure {
  return new Failure(401, 'InvalidToken', 'Access token is invalid or expired.');
}

export function idExists(objectType: string): Failure {
  return new Failure(409, 'IdExists', 'Object already exists.', { ObjectType: objectType });
}

export function requiredField(name: string): Failure {
  return new Failure(400, 'RequiredField', `${name} is required.`);
}

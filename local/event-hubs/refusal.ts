/** What the broker answers when it refuses something. The conditions are those that the SDK translates by name. */
export type Condition =
  | 'amqp:not-found'
  | 'amqp:not-allowed'
  | 'amqp:not-implemented'
  | 'amqp:decode-error'
  | 'amqp:internal-error'
  | 'amqp:unauthorized-access'
  | 'amqp:link:stolen'
  | 'amqp:link:message-size-exceeded'
  | 'com.microsoft:argument-error'
  | 'com.microsoft:argument-out-of-range';

/** Thrown where a rule is broken. The client gets it as a detach, a rejected outcome or a status. */
export class Refusal extends Error {
  readonly condition: Condition;

  constructor(condition: Condition, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'Refusal';
    this.condition = condition;
  }
}

/** Any error as a refusal. Unexpected ones are the broker's own fault; SDKs then try again. */
export function toRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  const text = error instanceof Error ? error.message : String(error);
  return new Refusal('amqp:internal-error', `The local broker failed: ${text}`, { cause: error });
}

import { Refusal } from './refusal.ts';
import { type Reply, type Request, requireText } from './request-reply.ts';
import { requireValidSignature } from './shared-access-signature.ts';

/** Answers `put-token`, by which a client shows its rights. One key holds all of them, so the audience is not compared. */
export function putToken(request: Request): Reply {
  const operation = requireText(request, 'operation');
  const type = requireText(request, 'type');
  if (operation !== 'put-token') throw new Refusal('amqp:not-implemented', `Unknown operation: ${operation}`);
  if (type !== 'servicebus.windows.net:sastoken') {
    const text = `Tokens of type '${type}' cannot be checked locally: connect with the connection string.`;
    throw new Refusal('amqp:not-implemented', text);
  }
  requireValidSignature(request.body, Date.now());
  return { status: 202, description: 'Accepted' };
}

import { ReadableStream } from 'node:stream/web';
import { signatureOf } from '../../../src/message/signature.ts';
import type { IncomingRequest } from '../../../src/receive/read-body.ts';

export const SECRET = 'roastery-secret';

/** A body that comes in these chunks, each only when it is asked for; `read` counts those taken. */
export function chunked(chunks: readonly (Uint8Array | Error)[]) {
  const taken = { chunks: 0 };
  const stream = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const chunk = chunks[taken.chunks];
        taken.chunks += 1;
        if (chunk === undefined) controller.close();
        else if (chunk instanceof Error) controller.error(chunk);
        else controller.enqueue(chunk);
      },
    },
    { highWaterMark: 0 },
  );
  return { stream, taken };
}

/** A webhook as OrderCloud sends it, signed with `SECRET`. */
export function signedRequest(body: Uint8Array, headers: Record<string, string> = {}): IncomingRequest {
  return {
    headers: new Headers({ 'x-oc-hash': signatureOf(body, SECRET), ...headers }),
    body: chunked([body]).stream,
  };
}

import { LOCAL_WEBHOOK_SECRET } from '../../local/defaults.ts';
import { type StackOptions, startStack } from '../../local/stack.ts';
import { signatureOf } from '../../src/message/signature.ts';
import { createCosmosClient } from '../../src/store/cosmos-client.ts';
import { checkedResponse } from './leaks/check.ts';
import { recordingHostLog } from './log.ts';

export type TestStack = Awaited<ReturnType<typeof startTestStack>>;

/** The whole stack on free ports, with what a test wants to know of it. */
export async function startTestStack(options: StackOptions = {}) {
  const logLines: string[] = [];
  const log = recordingHostLog(logLines);
  const stack = await startStack({ port: 0, userSettings: false, eventHubs: false, log, ...options });
  const client = await createCosmosClient(stack.cosmosSettings);
  const { database, productsContainer, deadLettersContainer } = stack.cosmosSettings;
  const read = async (container: string, id: string): Promise<Record<string, unknown> | undefined> =>
    (await client.database(database).container(container).item(id, id).read()).resource;
  return {
    ...stack,
    /** Every line the host and the app logged. */
    logLines,
    /** Posts a body as OrderCloud would, signed. */
    post: async (body: Uint8Array | string, init: RequestInit = {}) => {
      const bytes = Buffer.from(body);
      const headers = { 'x-oc-hash': signatureOf(bytes, LOCAL_WEBHOOK_SECRET), ...init.headers };
      return checkedResponse(
        await fetch(stack.webhookUrl, { method: 'POST', body: bytes, ...init, headers }),
      );
    },
    /** What is stored under an id; undefined where there is nothing. */
    product: (id: string) => read(productsContainer, id),
    deadLetter: (id: string) => read(deadLettersContainer, id),
    close: async (options?: { graceMs?: number }) => {
      client.dispose();
      await stack.close(options);
    },
  };
}

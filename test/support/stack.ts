import { LOCAL_WEBHOOK_SECRET } from '../../local/defaults.ts';
import { type Stack, type StackOptions, startStack } from '../../local/stack.ts';
import { signatureOf } from '../../src/message/signature.ts';
import { createCosmosClient } from '../../src/store/cosmos-client.ts';
import { checkedResponse } from './leaks/check.ts';
import { recordingHostLog } from './log.ts';

/** The whole stack on free ports, with what a test wants to know of it. */
export type TestStack = Stack & {
  /** Every line the host and the app logged. */
  logLines: string[];
  /** Posts a body as OrderCloud would, signed. */
  post(body: Uint8Array | string, init?: RequestInit): Promise<Response>;
  /** What is stored under an id; undefined where there is nothing. */
  product(id: string): Promise<Record<string, unknown> | undefined>;
  deadLetter(id: string): Promise<Record<string, unknown> | undefined>;
};

export async function startTestStack(options: StackOptions = {}): Promise<TestStack> {
  const logLines: string[] = [];
  const log = recordingHostLog(logLines);
  const stack = await startStack({ port: 0, userSettings: false, eventHubs: false, log, ...options });
  const client = await createCosmosClient(stack.cosmosSettings);
  const { database, productsContainer, deadLettersContainer } = stack.cosmosSettings;
  const read = async (container: string, id: string) =>
    (await client.database(database).container(container).item(id, id).read()).resource;
  return {
    ...stack,
    logLines,
    post: async (body, init = {}) => {
      const bytes = Buffer.from(body);
      const headers = { 'x-oc-hash': signatureOf(bytes, LOCAL_WEBHOOK_SECRET), ...init.headers };
      return checkedResponse(
        await fetch(stack.webhookUrl, { method: 'POST', body: bytes, ...init, headers }),
      );
    },
    product: (id) => read(productsContainer, id),
    deadLetter: (id) => read(deadLettersContainer, id),
    close: async () => {
      client.dispose();
      await stack.close();
    },
  };
}

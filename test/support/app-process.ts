import { startWorker } from '../../local/functions-host/worker.ts';

// A worker as a process of its own: says which functions the entry registers, and how one of them fails.
const [, , entry = '', failing] = process.argv;
const worker = await startWorker({ entry, log: ({ message }) => console.log(message) });
const trigger = worker.functions.find(({ name }) => name === failing)?.trigger.name;
const stack =
  failing && trigger
    ? await worker
        .invoke(failing, {
          inputData: [{ name: trigger, data: { string: 'no list' } }],
          triggerMetadata: { PartitionContext: { json: '{"PartitionId":"0"}' } },
        })
        .catch((error: Error) => error.stack)
    : undefined;
const functions = worker.functions.map(({ name, trigger }) => `${name}: ${trigger.type}`);
process.send?.({ functions, stack }, () => process.exit());

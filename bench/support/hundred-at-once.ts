import { differentMessages } from './events.ts';
import type { Figure } from './figure.ts';
import { postWebhook } from './post-webhook.ts';
import { type Stage, startWorkerProcess } from './worker-process.ts';

const AT_ONCE = 100;
const MEGABYTE = 1024 * 1024;

/** The most memory that a process takes, and how many it stores, with a hundred webhooks at once. */
export async function hundredAtOnce({ worker, env }: Stage, entry: string): Promise<Figure[]> {
  const process = await startWorkerProcess(worker, { entry, mode: 'serve', env });
  const { started } = process;
  if (!('url' in started)) throw new Error('The worker serves nothing.');
  const idle = await process.peakBytes();
  const answered200 = async (bytes: number) => {
    const posts = differentMessages(bytes, AT_ONCE).map((message) => postWebhook(started.url, message));
    return (await Promise.allSettled(posts)).filter(({ status }) => status === 'fulfilled').length;
  };
  const usualAnswers = await answered200(13_000);
  const usual = await process.peakBytes();
  const largeAnswers = await answered200(1_000_000);
  const large = await process.peakBytes();
  await process.stop();
  return [
    { name: 'peak memory of the process before the first webhook', value: idle / MEGABYTE, unit: 'MB' },
    { name: `with ${AT_ONCE} webhooks of 13 KB at once`, value: usual / MEGABYTE, unit: 'MB' },
    {
      name: `of ${AT_ONCE} webhooks of 13 KB at once, answered 200`,
      value: usualAnswers,
      unit: 'answers',
      target: { atLeast: AT_ONCE },
    },
    { name: `with ${AT_ONCE} webhooks of 1 MB at once`, value: large / MEGABYTE, unit: 'MB' },
    {
      name: `of ${AT_ONCE} webhooks of 1 MB at once, answered 200`,
      value: largeAnswers,
      unit: 'answers',
      note: 'no target: a hundred of 1 MB can take the store longer than a webhook waits',
    },
  ];
}

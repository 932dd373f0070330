import { type SendFlags, sendFiles } from '../../../cli/send/run.ts';
import { PRODUCT_DELETED } from '../../support/deliveries.ts';
import { checkedLines, checkedMessage } from '../../support/leaks/check.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** Replays a folder of four messages by a broker: a payload, an envelope, one that is no object, one that is no JSON. */
export async function sendMessages(
  flags: Partial<SendFlags> & Pick<SendFlags, 'via'>,
  {
    interrupt = new AbortController(),
    env = {},
  }: { interrupt?: AbortController; env?: NodeJS.ProcessEnv } = {},
) {
  const folder = await temporaryFolder({
    'a.json': '{ "ProductID": "AEROPRESS-GO" }',
    'b.json': '[{"Headers":{"type":"other.type.here"},"Payload":{}}, 7]',
    'c.json': 'nonsense',
  });
  const written: string[] = [];
  const stderr = { isTTY: false, write: checkedLines('command', () => {}) } as unknown as NodeJS.WriteStream;
  const stdout = { write: checkedLines('command', (text: string) => written.push(text)) };
  const surroundings = {
    env,
    folder,
    stdout,
    stderr,
    ask: null,
    askSecret: null,
    interrupt: () => interrupt.signal,
  };
  const usual = { type: PRODUCT_DELETED, key: true, repeat: 1, concurrency: 1 };
  const exitCode = await sendFiles(['.'], { ...usual, ...flags }, surroundings).catch(checkedMessage);
  return { exitCode, output: written.join('') };
}

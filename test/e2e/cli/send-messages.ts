import { type SendFlags, sendFiles } from '../../../cli/send/run.ts';
import { recordingContext } from '../../support/command-context.ts';
import { PRODUCT_DELETED } from '../../support/deliveries.ts';
import { checkedMessage } from '../../support/leaks/check.ts';
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
  const { context, stdout } = recordingContext({ env, folder, interrupt: () => interrupt.signal });
  const usual = { type: PRODUCT_DELETED, key: true, repeat: 1, concurrency: 1 };
  const exitCode = await sendFiles(['.'], { ...usual, ...flags }, context).catch(checkedMessage);
  return { exitCode, output: stdout() };
}

import { type SendFlags, sendFiles } from '../../../cli/send/run.ts';
import { PRODUCT_DELETED } from '../../support/deliveries.ts';
import { type Options, runAt } from '../../support/run-command.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** Replays a folder of four messages by a broker: a payload, an envelope, one that is no object, one that is no JSON. */
export async function sendMessages(
  flags: Partial<SendFlags> & Pick<SendFlags, 'via'>,
  options: Partial<Options> = {},
) {
  const folder = await temporaryFolder({
    'a.json': '{ "ProductID": "AEROPRESS-GO" }',
    'b.json': '[{"Headers":{"type":"other.type.here"},"Payload":{}}, 7]',
    'c.json': 'nonsense',
  });
  const usual = { type: PRODUCT_DELETED, repeat: 1, concurrency: 1 };
  const { exitCode, error, stdout } = await runAt({ env: {}, folder, ...options }, (at) =>
    sendFiles(['.'], { ...usual, ...flags }, at),
  );
  return { exitCode: error ?? exitCode, output: stdout };
}

import { askSecretAtTerminal } from '../support/ask-secret.ts';
import { confirmAtTerminal } from '../support/confirm.ts';
import { interruptSignal } from '../support/run-command.ts';
import type { Surroundings } from '../support/surroundings.ts';
import { type OrderCloudApi, openOrderCloud } from './api.ts';
import { readOrderCloudSettings } from './settings.ts';

/** The surroundings of a command that talks to OrderCloud. */
export type OrderCloudSurroundings = Surroundings & {
  /** Asks for a secret without an echo, null on Ctrl-C; itself null where there is no terminal. */
  askSecret: ((question: string) => Promise<string | null>) | null;
};

/** Those of this process. */
export function processSurroundings(): OrderCloudSurroundings {
  const isTerminal = process.stdin.isTTY;
  return {
    env: process.env,
    folder: process.cwd(),
    stdout: process.stdout,
    stderr: process.stderr,
    ask: isTerminal ? confirmAtTerminal : null,
    askSecret: isTerminal ? askSecretAtTerminal : null,
    interrupt: interruptSignal,
  };
}

/** OrderCloud's API as the settings name it; waits are told on standard error. */
export async function orderCloudOf(at: OrderCloudSurroundings): Promise<OrderCloudApi> {
  const settings = await readOrderCloudSettings(at);
  return openOrderCloud(settings, { note: (line) => void at.stderr.write(`${line}\n`) });
}

/** For the help of every command that talks to OrderCloud. */
export const ORDERCLOUD_ENVIRONMENT_HELP = `
Environment, or Values in local.settings.json:
  ORDERCLOUD_API_URL        address of the API, such as
                            https://westeurope-production.ordercloud.io; or:
  ORDERCLOUD_REGION         uswest, useast, australiaeast, westeurope, japaneast
  ORDERCLOUD_ENVIRONMENT    production (default), staging, sandbox
  ORDERCLOUD_CLIENT_ID      an API client with the grant type client credentials
  ORDERCLOUD_CLIENT_SECRET  its secret; asked for at a terminal if it is not set
  ORDERCLOUD_SCOPE          roles to log in with; default: all that it has`;

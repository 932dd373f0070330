import { setTimeout as sleep } from 'node:timers/promises';
import { startEmulators } from '../../local/emulators.ts';
import { consoleLog } from '../../local/functions-host/log.ts';
import { startStack } from '../../local/stack.ts';
import { emulatorsText, welcome } from './text.ts';

/** What the command line chooses. */
export type StartFlags = {
  port: number;
  cosmosPort: number;
  eventHubs: boolean;
  eventHubsPort?: number;
  receiver: boolean;
  kafka?: string | false;
};

/** The app's appTerminate hooks get this long. */
const CLOSING_MS = 1_000;

/** SIGTERM lets requests under way finish for so long, as in Azure; Ctrl-C ends at once. */
const GRACE_MS = { SIGINT: 0, SIGTERM: 10_000 };

/** Starts everything, or the servers alone, and says where it is. It never ends: a signal ends the process. */
export async function runUntilStopped({ receiver, ...flags }: StartFlags): Promise<never> {
  let running: { close(options: { graceMs: number }): Promise<void> } | undefined;
  let closing: Promise<void> | undefined;
  for (const [signal, graceMs] of Object.entries(GRACE_MS)) {
    process.on(signal, async () => {
      try {
        // Once: a terminal, npm and tsx can each deliver the same Ctrl-C.
        closing ??= running?.close({ graceMs });
        await Promise.race([closing, sleep(graceMs + CLOSING_MS)]);
      } finally {
        // What the app still has under way must not keep this process alive.
        process.exit(0);
      }
    });
  }
  const options = { ...flags, eventHubsPort: flags.eventHubsPort ?? ('usual' as const) };
  if (receiver) {
    const stack = await startStack(options);
    running = stack;
    process.stdout.write(welcome(stack));
  } else {
    const emulators = await startEmulators({ ...options, log: consoleLog });
    running = emulators;
    process.stdout.write(emulatorsText(emulators));
  }
  return new Promise(() => {});
}

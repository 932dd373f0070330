import { setTimeout as sleep } from 'node:timers/promises';
import { app, type InvocationContext } from '@azure/functions';

/** What one message of a batch can ask of the run that gets it. */
export type Wishes = {
  /** So many runs of its batch fail, or all where there is no retry policy. */
  failures?: number;
  /** The run from this retry on waits until somebody posts to `open/{gate}`. */
  gate?: string;
  gateAtRetry?: number;
  /** The run takes so many milliseconds. */
  lasts?: number;
};

const gates = new Map<string, { isOpen: Promise<void>; open: () => void }>();

function gateOf(name: string) {
  const known = gates.get(name);
  if (known) return known;
  let open = () => {};
  const isOpen = new Promise<void>((resolve) => {
    open = resolve;
  });
  const gate = { isOpen, open };
  gates.set(name, gate);
  return gate;
}

/** Registers the function that opens gates. */
export function registerGates(): void {
  app.http('open', {
    route: 'open/{gate}',
    methods: ['POST'],
    handler: ({ params }) => {
      gateOf(params.gate ?? '').open();
      return { status: 204 };
    },
  });
}

/** Does what a message asks for. */
export async function obey(
  { failures = 0, gate, gateAtRetry = 0, lasts }: Wishes,
  { retryContext }: InvocationContext,
): Promise<void> {
  const retryCount = retryContext?.retryCount ?? 0;
  if (lasts !== undefined) await sleep(lasts);
  if (gate !== undefined && retryCount >= gateAtRetry) await gateOf(gate).isOpen;
  if (retryCount < failures) throw new Error(`failed on purpose, run ${retryCount + 1}`);
}

import type { Stack } from '../../local/stack.ts';
import type { Stored } from './read-containers.ts';

/** What each part of the demo works with. Each gives what differs from what the samples say: nothing, if all is well. */
export type Demo = { stack: Stack; write: (text: string) => void; read: () => Promise<Stored> };

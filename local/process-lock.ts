import { readFileSync, rmSync, writeFileSync } from 'node:fs';

/** Locks of this very process, whose id alone does not tell whether a lock file is a leftover. */
const ownLocks = new Set<string>();

/** Either it is ours until it is released, or a running process has it. */
export type ProcessLock = { release: () => void } | { heldBy: number };

/**
 * Takes a lock that one process can have at a time. It is a file with the process id, so that one left by a killed
 * process is recognized and replaced. `path` must be absolute, and its folder must be there.
 */
export function takeProcessLock(path: string): ProcessLock {
  if (ownLocks.has(path)) return { heldBy: process.pid };
  if (!hasCreated(path)) {
    const owner = readOwner(path);
    if (owner !== undefined && owner !== process.pid && isRunning(owner)) return { heldBy: owner };
    rmSync(path, { force: true });
    hasCreated(path);
    // Two may have found the same leftover: the file says whose it is now.
    const winner = readOwner(path);
    if (winner !== undefined && winner !== process.pid) return { heldBy: winner };
  }
  ownLocks.add(path);
  return {
    release: () => {
      if (ownLocks.delete(path)) rmSync(path, { force: true });
    },
  };
}

/** False where there is such a file already. */
function hasCreated(path: string): boolean {
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function readOwner(path: string): number | undefined {
  try {
    const id = Number(readFileSync(path, 'utf8'));
    return Number.isInteger(id) && id > 0 ? id : undefined;
  } catch {
    return undefined;
  }
}

function isRunning(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, but belongs to somebody else.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Directories in use by this very process, whose id alone does not tell whether a lock file is a leftover. */
const ownDirectories = new Set<string>();

/**
 * Keeps a second broker off a data directory: two would give the same positions to different events. The lock
 * is a file with the process id, so that one left by a killed process is recognized and replaced.
 * Returns the function that gives the directory back.
 */
export function lockDirectory(directory: string): () => void {
  const key = resolve(directory);
  const path = join(key, 'broker.lock');
  mkdirSync(key, { recursive: true });
  const owner = readOwner(path);
  if (ownDirectories.has(key) || (owner !== undefined && owner !== process.pid && isRunning(owner))) {
    throw new Error(`${key} is in use by process ${owner}. If that is not a broker, delete ${path}.`);
  }
  writeFileSync(path, String(process.pid));
  ownDirectories.add(key);
  return () => {
    ownDirectories.delete(key);
    rmSync(path, { force: true });
  };
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

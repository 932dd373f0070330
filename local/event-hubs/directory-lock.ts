import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { takeProcessLock } from '../process-lock.ts';

/**
 * Keeps a second broker off a data directory: two would give the same positions to different events.
 * Returns the function that gives the directory back.
 */
export function lockDirectory(directory: string): () => void {
  const key = resolve(directory);
  const path = join(key, 'broker.lock');
  mkdirSync(key, { recursive: true });
  const lock = takeProcessLock(path);
  if ('release' in lock) return lock.release;
  throw new Error(`${key} is in use by process ${lock.heldBy}. If that is not a broker, delete ${path}.`);
}

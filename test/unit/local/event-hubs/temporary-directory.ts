import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A directory for the running test, removed with all that is in it when the test ends. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'event-hubs-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

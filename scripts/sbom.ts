import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { toSoftwareBill } from './app/software-bill.ts';

// From the lock file alone: neither node_modules nor the network is asked.
const ARGUMENTS = ['sbom', '--sbom-format=cyclonedx', '--sbom-type=application', '--package-lock-only'];
const BILL = 'dist/sbom.cdx.json';

const isWindows = process.platform === 'win32';
const { stdout } = await promisify(execFile)(isWindows ? 'npm.cmd' : 'npm', ARGUMENTS, {
  maxBuffer: 64 * 1024 * 1024,
  shell: isWindows,
});
const { name } = JSON.parse(await readFile('package.json', 'utf8'));
await mkdir(path.dirname(BILL), { recursive: true });
await writeFile(BILL, toSoftwareBill(stdout, name));
console.log(BILL);

import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

// npm run sbom: what npm says of the lock file, fit to be kept. Development packages are marked as excluded from what is
// deployed, the name is the project's and not its folder's, and without time and random number the same lock file gives
// the same bill. Neither node_modules nor the network is asked.
const ARGUMENTS = ['sbom', '--sbom-format=cyclonedx', '--sbom-type=application', '--package-lock-only'];
const BILL = 'dist/sbom.cdx.json';

type Component = { properties?: { name: string }[] };

const isWindows = process.platform === 'win32';
const { stdout } = await promisify(execFile)(isWindows ? 'npm.cmd' : 'npm', ARGUMENTS, {
  maxBuffer: 64 * 1024 * 1024,
  shell: isWindows,
});
const { serialNumber: _, metadata, components, ...bill } = JSON.parse(stdout);
const { timestamp: __, component, ...rest } = metadata;
const { name } = JSON.parse(await readFile('package.json', 'utf8'));
const isForDevelopment = ({ properties = [] }: Component) =>
  properties.some((property) => property.name === 'cdx:npm:package:development');
const kept = {
  ...bill,
  metadata: { ...rest, component: { ...component, type: 'application', name } },
  components: components.map((each: Component) => ({
    ...each,
    scope: isForDevelopment(each) ? 'excluded' : 'required',
  })),
};
await mkdir(path.dirname(BILL), { recursive: true });
await writeFile(BILL, `${JSON.stringify(kept, null, 2)}\n`);
console.log(BILL);

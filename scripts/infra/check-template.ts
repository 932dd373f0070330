import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Bicep } from './bicep.ts';

/** What the compiler found: its errors and warnings, files that it would write otherwise, and changed predictions. */
export type Findings = { errors: string[]; warnings: string[] };

// Made up: a snapshot is the same wherever it is made. With a name of the deployment, the compiler also follows outputs.
const PLACE = [
  ['--subscription-id', '00000000-0000-0000-0000-000000000001'],
  ['--tenant-id', '00000000-0000-0000-0000-000000000002'],
  ['--location', 'westeurope'],
  ['--deployment-name', 'roastery-prod'],
].flat();

/** Compiles and lints the template in `folder`, and compares what its variants would create with their snapshots. */
export async function checkTemplate(bicep: Bicep, folder: string): Promise<Findings> {
  const linted = await bicep.run('lint', path.join(folder, 'main.bicep'));
  const lines = `${linted.stdout}\n${linted.stderr}`.split('\n');
  const errors = lines.filter((line) => / : Error /.test(line));
  if (!linted.ok && errors.length === 0) errors.push(linted.stderr);
  const warnings = lines.filter((line) => / : (Warning|Info) /.test(line));
  warnings.push(...(await unformatted(bicep, folder)));
  // What does not compile predicts nothing.
  if (errors.length > 0) return { errors, warnings };
  for (const variant of await variantsIn(folder)) {
    const { ok, stdout, stderr } = await bicep.run('snapshot', variant, ...PLACE, '--mode', 'validate');
    if (!ok)
      errors.push(`${variant} would create something else than its snapshot says.\n${stderr}${stdout}`);
  }
  return { errors, warnings };
}

/** Files that the compiler would format otherwise: it does so with a copy, all at once. */
async function unformatted(bicep: Bicep, folder: string): Promise<string[]> {
  const copy = await mkdtemp(path.join(tmpdir(), 'bicep-format-'));
  try {
    await cp(folder, copy, { recursive: true });
    for (const kind of ['bicep', 'bicepparam'])
      await bicep.run('format', '--pattern', `${copy}/**/*.${kind}`);
    const problems: string[] = [];
    for (const file of await bicepFiles(folder)) {
      const formatted = await readFile(path.join(copy, path.relative(folder, file)), 'utf8');
      if (formatted !== (await readFile(file, 'utf8'))) problems.push(`${file}: run \`bicep format\` on it`);
    }
    return problems;
  } finally {
    await rm(copy, { recursive: true });
  }
}

/** Writes the snapshot of each variant, its outputs sorted by name: the compiler's own order changes from run to run. */
export async function writeSnapshots(bicep: Bicep, folder: string): Promise<string[]> {
  const snapshots: string[] = [];
  for (const variant of await variantsIn(folder)) {
    const { ok, stderr } = await bicep.run('snapshot', variant, ...PLACE, '--mode', 'overwrite');
    if (!ok) throw new Error(stderr);
    const file = variant.replace('.bicepparam', '.snapshot.json');
    const { outputs, ...snapshot } = JSON.parse(await readFile(file, 'utf8'));
    const sorted = Object.fromEntries(
      Object.entries(outputs).sort(([one], [other]) => (one < other ? -1 : 1)),
    );
    await writeFile(file, `${JSON.stringify({ ...snapshot, outputs: sorted }, null, 2)}\n`);
    snapshots.push(file);
  }
  return snapshots;
}

async function variantsIn(folder: string): Promise<string[]> {
  return (await bicepFiles(folder)).filter((file) => file.endsWith('.bicepparam'));
}

async function bicepFiles(folder: string): Promise<string[]> {
  const files = await readdir(folder, { recursive: true });
  return files
    .filter((file) => /\.bicep(param)?$/.test(file))
    .map((file) => path.join(folder, file))
    .sort();
}

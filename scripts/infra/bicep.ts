import { execFile } from 'node:child_process';
import { access, chmod, mkdir, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

/** The version that the snapshots were made with, and that NuGet is asked for. */
export const PINNED_VERSION = '0.49.2';

/** What a run of the compiler printed and how it ended; a failure of the compiler is a result, too. */
export type Run = { stdout: string; stderr: string; ok: boolean };

/** The Bicep compiler. */
export type Bicep = { version: string; run(...args: string[]): Promise<Run> };

/** Where NuGet's packages go; git ignores it. */
const PACKAGES = path.join(import.meta.dirname, '../../.bicep');

const exec = promisify(execFile);

/**
 * The compiler of this machine: on the path, or the one that `az bicep` or azd has installed; else the one of NuGet, where
 * the .NET SDK is. Null where there is none of these. With `pinned` only the one of NuGet counts.
 * @throws when the SDK is there and cannot restore the compiler
 */
export async function findBicep({ pinned }: { pinned: boolean }): Promise<Bicep | null> {
  const installed = pinned
    ? []
    : ['bicep', path.join(homedir(), '.azure/bin/bicep'), path.join(homedir(), '.azd/bin/bicep')];
  for (const program of installed) {
    const bicep = await compiler(program);
    if (bicep !== null) return bicep;
  }
  const hasSdk = (await run('dotnet', ['--version'])).ok;
  return hasSdk ? compiler(await restore()) : null;
}

async function compiler(program: string): Promise<Bicep | null> {
  const { ok, stdout } = await run(program, ['--version']);
  const version = /\d+\.\d+\.\d+/.exec(stdout)?.[0];
  if (!ok || version === undefined) return null;
  return { version, run: (...args) => run(program, args) };
}

async function run(program: string, args: string[]): Promise<Run> {
  try {
    // Without it, the compiler would colour what it prints.
    const env = { ...process.env, NO_COLOR: '1' };
    return { ...(await exec(program, args, { env, maxBuffer: 64 * 1024 * 1024 })), ok: true };
  } catch (error) {
    const { stdout = '', stderr = String(error) } = error as { stdout?: string; stderr?: string };
    return { stdout, stderr, ok: false };
  }
}

/** A project of one package, and of no framework: what NuGet brings is the compiler alone. */
async function restore(): Promise<string> {
  const system =
    { linux: 'linux', darwin: 'osx', win32: 'win' }[process.platform as string] ?? process.platform;
  const id = `Azure.Bicep.CommandLine.${system}-${process.arch}`;
  const folder = path.join(PACKAGES, id.toLowerCase(), PINNED_VERSION);
  const program = path.join(folder, 'tools', process.platform === 'win32' ? 'bicep.exe' : 'bicep');
  const isThere = await access(program).then(
    () => true,
    () => false,
  );
  if (!isThere) await restorePackage(id);
  // NuGet's packages carry no run bit.
  await chmod(program, 0o755);
  return program;
}

async function restorePackage(id: string): Promise<void> {
  const project = path.join(PACKAGES, 'bicep.csproj');
  await mkdir(PACKAGES, { recursive: true });
  await writeFile(
    project,
    `<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <TargetFramework>netstandard2.0</TargetFramework>
    <DisableImplicitFrameworkReferences>true</DisableImplicitFrameworkReferences>
  </PropertyGroup>
  <ItemGroup><PackageDownload Include="${id}" Version="[${PINNED_VERSION}]" /></ItemGroup>
</Project>
`,
  );
  const restored = await run('dotnet', ['restore', '--packages', PACKAGES, project]);
  if (!restored.ok)
    throw new Error(`${id} ${PINNED_VERSION} could not be restored:\n${restored.stdout}${restored.stderr}`);
}

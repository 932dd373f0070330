import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Metafile } from 'esbuild';

/** A package of which something is in the bundle, with the texts that must travel with it. */
type BundledPackage = { name: string; version: string; licence: string; text: string };

const LICENCE_FILE = /^(licen[cs]e|copying|notice|third.?party)/i;

/** What follows a heading "License", underlined or with hashes, up to the next heading or the end. */
const README_SECTION = /^(?:#+ *)?licen[cs]e *\n(?:[=-]+\n)?([^#]+)/im;

/** The folders of the packages of which the built files hold at least a byte, relative to the project. */
function bundledPackageFolders({ outputs }: Metafile): string[] {
  const files = Object.values(outputs)
    .flatMap(({ inputs }) => Object.entries(inputs))
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([file]) => file);
  const folders = files.map((file) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0]);
  return [...new Set(folders)].filter((folder) => folder !== undefined).sort();
}

/**
 * The licences of everything bundled, as one text: packages under the same text share it.
 * @throws when a package brings no text: then somebody has to look
 */
export async function thirdPartyLicences(metafile: Metafile, project: string): Promise<string> {
  const packages = await Promise.all(
    bundledPackageFolders(metafile).map((folder) => readPackage(path.join(project, folder))),
  );
  const byText = new Map<string, BundledPackage[]>();
  for (const bundled of packages) byText.set(bundled.text, [...(byText.get(bundled.text) ?? []), bundled]);
  const sections = [...byText].map(([text, sharing]) =>
    [...sharing.map(({ name, version, licence }) => `${name} ${version} (${licence})`), '', text].join('\n'),
  );
  return [
    'The built files contain code of the packages below, under the licences that follow each of them.',
    ...sections,
  ].join(`\n\n${'-'.repeat(80)}\n\n`);
}

async function readPackage(folder: string): Promise<BundledPackage> {
  const { name, version, license } = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8'));
  const names = (await readdir(folder)).sort();
  const licenceFiles = names.filter((file) => LICENCE_FILE.test(file));
  const texts = await Promise.all(licenceFiles.map((file) => readText(path.join(folder, file))));
  if (texts.length === 0) {
    // Old packages state their licence at the end of the README only.
    const readme = names.find((file) => /^readme/i.test(file));
    const stated = readme && README_SECTION.exec(await readText(path.join(folder, readme)))?.[1];
    if (!stated) throw new Error(`${folder} holds no licence text: find out whether it may be bundled.`);
    texts.push(stated.trim());
  }
  return { name, version, licence: license ?? 'as its README says', text: texts.join('\n\n') };
}

async function readText(file: string): Promise<string> {
  const text = await readFile(file, 'utf8');
  return text
    .replace(/^\uFEFF/, '')
    .replaceAll('\r\n', '\n')
    .trim();
}

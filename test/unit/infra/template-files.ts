import { readdir, readFile } from 'node:fs/promises';

/** Bicep sources by their path below infra/. */
export type Template = Readonly<Record<string, string>>;

/** Everything below infra/ that azd deploys. */
export async function readTemplate(): Promise<Template> {
  const paths = (await readdir('infra', { recursive: true }))
    .filter((path) => path.endsWith('.bicep'))
    .sort();
  return Object.fromEntries(
    await Promise.all(paths.map(async (path) => [path, await readFile(`infra/${path}`, 'utf8')] as const)),
  );
}

/** The template with one change, to show that a check can fail. Throws where there is nothing to change. */
export function broken(template: Template, path: string, from: string, to: string): Template {
  const source = template[path];
  if (!source?.includes(from)) throw new Error(`infra/${path} has no ${JSON.stringify(from)} to break`);
  return { ...template, [path]: source.replace(from, to) };
}

import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { Ajv } from 'ajv';
import { parseDocument } from 'yaml';

const SCHEMAS = path.join(import.meta.dirname, 'schemas');
const WORKFLOWS = '.github/workflows';

/** What azure.yaml, host.json and the workflows in `folder` have that their published JSON schemas do not know. */
export async function checkSchemas(folder: string): Promise<string[]> {
  const workflows = await readdir(path.join(folder, WORKFLOWS));
  const files: [file: string, schema: string][] = [
    ['azure.yaml', 'azure'],
    ['host.json', 'host'],
    ...workflows.map((name): [string, string] => [`${WORKFLOWS}/${name}`, 'workflow']),
  ];
  const problems = files.map(async ([file, schema]) => {
    const text = await readFile(path.join(folder, file), 'utf8');
    const found = await schemaProblems(parseYaml(text), schema);
    return found.map((problem) => `${file}: ${problem}`);
  });
  return (await Promise.all(problems)).flat();
}

async function schemaProblems(content: unknown, schema: string): Promise<string[]> {
  const validate = new Ajv({ allErrors: true, allowUnionTypes: true, strictRequired: false }).compile(
    JSON.parse(await readFile(path.join(SCHEMAS, `${schema}.schema.json`), 'utf8')),
  );
  validate(content);
  return (validate.errors ?? []).map(({ instancePath, message, params }) => {
    const name = params.additionalProperty ?? params.propertyName;
    return `${instancePath || '/'} ${message}${name === undefined ? '' : `: ${name}`}`;
  });
}

/** Reads YAML, of which JSON is a part. @throws where it is malformed or says a thing twice */
export function parseYaml(source: string): unknown {
  const document = parseDocument(source, { uniqueKeys: true, strict: true });
  const problem = [...document.errors, ...document.warnings][0];
  if (problem !== undefined) throw new Error(problem.message);
  return document.toJS();
}

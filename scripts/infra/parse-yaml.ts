import { parseDocument } from 'yaml';

/** Reads YAML, of which JSON is a part. @throws where it is malformed or says a thing twice */
export function parseYaml(source: string): unknown {
  const document = parseDocument(source, { uniqueKeys: true, strict: true });
  const problem = [...document.errors, ...document.warnings][0];
  if (problem !== undefined) throw new Error(problem.message);
  return document.toJS();
}

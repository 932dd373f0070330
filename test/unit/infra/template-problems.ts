import { posix } from 'node:path';
import { type BicepFile, Expression, type Module, parseBicep } from '../../support/bicep.ts';
import type { Template } from './template-files.ts';

/**
 * What the compiler would refuse, as far as it can be told without one: syntax, names that nobody declares or uses,
 * parameters of modules that are missing or unknown, outputs that do not exist.
 */
export async function templateProblems(template: Template): Promise<string[]> {
  const files = new Map<string, BicepFile>();
  for (const [path, source] of Object.entries(template)) files.set(path, await parseBicep(source));
  return [...files].flatMap(([path, file]) =>
    [
      ...file.syntaxErrors.map((error) => `syntax error at ${error}`),
      ...unusedNames(file),
      ...[...file.used]
        .filter((name) => !file.declared.has(name))
        .map((name) => `${name} is declared nowhere`),
      ...file.modules.flatMap((module) =>
        moduleProblems(module, files.get(resolve(path, module.path)), file),
      ),
    ].map((problem) => `${path}: ${problem}`),
  );
}

function resolve(from: string, to: string): string {
  return posix.join(posix.dirname(from), to);
}

function unusedNames(file: BicepFile): string[] {
  const declared = [...file.parameters.map(({ name }) => name), ...Object.keys(file.variables)];
  return declared.filter((name) => !file.used.has(name)).map((name) => `${name} is never used`);
}

function moduleProblems({ symbol, path, params }: Module, module: BicepFile | undefined, user: BicepFile) {
  if (module === undefined) return [`module ${symbol}: ${path} does not exist`];
  const given = params instanceof Expression || params === null ? [] : Object.keys(params);
  const known = module.parameters.map(({ name }) => name);
  const required = module.parameters.filter(({ isRequired }) => isRequired).map(({ name }) => name);
  return [
    ...required.filter((name) => !given.includes(name)).map((name) => `module ${symbol} lacks ${name}`),
    ...given.filter((name) => !known.includes(name)).map((name) => `module ${symbol} has no ${name}`),
    ...user.usedOutputs
      .filter((used) => used.symbol === symbol && !module.outputs.includes(used.output))
      .map(({ output }) => `module ${symbol} has no output ${output}`),
  ];
}

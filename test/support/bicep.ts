import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { Language, type Node, Parser } from 'web-tree-sitter';

/** What a Bicep expression is worth without deploying anything: literals, and the source text of all else. */
export type Value = string | number | boolean | null | Value[] | { [name: string]: Value } | Expression;

/** An expression that only a deployment could evaluate. */
export class Expression {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type Parameter = { name: string; isRequired: boolean; isSecure: boolean };
export type Resource = { symbol: string; type: string; apiVersion: string; body: Value };
export type Module = { symbol: string; path: string; params: Value };

/** One Bicep file, as far as it can be read without the compiler. */
export type BicepFile = {
  /** Where the grammar did not understand, or missed something. */
  syntaxErrors: string[];
  parameters: Parameter[];
  variables: Record<string, Value>;
  resources: Resource[];
  modules: Module[];
  outputs: string[];
  /** Names that expressions use, without those of functions. */
  used: Set<string>;
  /** Names that expressions may use: of parameters, variables, resources, modules, loops and lambdas. */
  declared: Set<string>;
  /** `module.outputs.name`, wherever one is used. */
  usedOutputs: { symbol: string; output: string }[];
};

const bicep = loadGrammar();
// Tests change one file of several, many times.
const parsed = new Map<string, Promise<BicepFile>>();

/** Reads Bicep source. The grammar is tree-sitter's, not the compiler's: it knows no types and resolves nothing. */
export function parseBicep(source: string): Promise<BicepFile> {
  const file = parsed.get(source) ?? parse(source);
  parsed.set(source, file);
  return file;
}

async function parse(source: string): Promise<BicepFile> {
  const grammar = await bicep;
  const parser = new Parser();
  parser.setLanguage(grammar);
  const tree = parser.parse(source);
  if (tree === null) throw new Error('The Bicep source could not be parsed at all.');
  try {
    return readTree(tree.rootNode);
  } finally {
    tree.delete();
    parser.delete();
  }
}

async function loadGrammar(): Promise<Language> {
  await Parser.init();
  const require = createRequire(import.meta.url);
  return Language.load(await readFile(require.resolve('tree-sitter-bicep/tree-sitter-bicep.wasm')));
}

function readTree(root: Node): BicepFile {
  const nodes = [root, ...descendants(root)];
  const ofType = (type: string) => nodes.filter((node) => node.type === type);
  const names = (type: string) => ofType(type).map((node) => childOf(node, 0).text);
  const resources = ofType('resource_declaration').map(readResource);
  const modules = ofType('module_declaration').map(readModule);
  const variables = ofType('variable_declaration');
  const identifiers = nodes.filter(isUse).map((node) => node.text);
  return {
    syntaxErrors: nodes.filter((node) => node.type === 'ERROR' || node.isMissing).map(describe),
    parameters: ofType('parameter_declaration').map(readParameter),
    variables: Object.fromEntries(
      variables.map((node) => [childOf(node, 0).text, toValue(childOf(node, -1))]),
    ),
    resources,
    modules,
    outputs: names('output_declaration'),
    used: new Set(identifiers),
    declared: new Set([
      ...names('parameter_declaration'),
      ...names('variable_declaration'),
      ...[...resources, ...modules].map(({ symbol }) => symbol),
      ...ofType('for_statement').map((node) => childOf(node, 0).text),
      ...ofType('lambda_expression').map((node) => childOf(node, 0).text),
    ]),
    usedOutputs: [...root.text.matchAll(/\b(\w+)\.outputs\.(\w+)/g)].map(([, symbol = '', output = '']) => ({
      symbol,
      output,
    })),
  };
}

function* descendants(node: Node): Generator<Node> {
  for (const child of node.children) {
    yield child;
    yield* descendants(child);
  }
}

/** Whether a node is the use of a name, and neither its declaration, the key of an object nor a function's name. */
function isUse(node: Node): boolean {
  if (node.type !== 'identifier' || node.parent === null) return false;
  const isFirst = node.parent.namedChild(0)?.equals(node) === true;
  const declares = /_declaration$|^for_statement$|^lambda_expression$|^object_property$|^call_expression$/;
  return !(isFirst && declares.test(node.parent.type));
}

function readParameter(node: Node): Parameter {
  // Decorators come before the declaration, as one node.
  const before = node.previousNamedSibling;
  return {
    name: childOf(node, 0).text,
    isRequired: !node.children.some((child) => child.type === '=') && !/\?$/.test(childOf(node, 1).text),
    isSecure: before?.type === 'decorators' && before.text.includes('@secure()'),
  };
}

function readResource(node: Node): Resource {
  const [type = '', apiVersion = ''] = String(toValue(childOf(node, 1))).split('@');
  return { symbol: childOf(node, 0).text, type, apiVersion, body: bodyOf(childOf(node, -1)) };
}

function readModule(node: Node): Module {
  const body = bodyOf(childOf(node, -1));
  return {
    symbol: childOf(node, 0).text,
    path: String(toValue(childOf(node, 1))),
    params: at(body, 'params') ?? {},
  };
}

/** The object that a condition or a loop is about. */
function bodyOf(node: Node): Value {
  const inner = node.type === 'object' ? node : [...descendants(node)].find(({ type }) => type === 'object');
  return inner === undefined ? new Expression(node.text) : toValue(inner);
}

function toValue(node: Node): Value {
  switch (node.type) {
    case 'object':
      return Object.fromEntries(
        node.namedChildren
          .filter(({ type }) => type === 'object_property')
          .map((property) => [nameOf(childOf(property, 0)), toValue(childOf(property, -1))]),
      );
    case 'array':
      return node.namedChildren.filter(({ type }) => type !== 'comment').map(toValue);
    case 'number':
      return Number(node.text);
    case 'boolean':
      return node.text === 'true';
    case 'null':
      return null;
    case 'string':
      return stringOf(node);
    default:
      return /^-?\d+$/.test(node.text) ? Number(node.text) : new Expression(node.text);
  }
}

function nameOf(key: Node): string {
  return key.type === 'string' ? key.text.slice(1, -1) : key.text;
}

function stringOf(node: Node): Value {
  if (node.text.startsWith("'''")) return node.text.slice(3, -3).replace(/^\r?\n/, '');
  if (node.namedChildren.some(({ type }) => type === 'interpolation')) return new Expression(node.text);
  return node.text.slice(1, -1).replace(/\\(['\\$])/g, '$1');
}

/** A value within nested objects, by the names on the way; undefined where there is none. */
export function at(value: Value, ...path: string[]): Value | undefined {
  let inner: Value | undefined = value;
  for (const name of path) {
    if (typeof inner !== 'object' || inner === null || inner instanceof Expression) return undefined;
    inner = (inner as Record<string, Value>)[name];
  }
  return inner;
}

/** The named child at `index`, from the end where it is negative. Comments between are none. */
function childOf(node: Node, index: number): Node {
  const child = node.namedChildren.filter(({ type }) => type !== 'comment').at(index);
  if (child === undefined) throw new Error(`${describe(node)} has no part ${index}`);
  return child;
}

function describe(node: Node): string {
  const { row, column } = node.startPosition;
  const what = node.isMissing ? `missing ${node.type}` : node.text.slice(0, 60);
  return `${row + 1}:${column + 1} ${JSON.stringify(what)}`;
}

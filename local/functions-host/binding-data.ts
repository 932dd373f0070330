import type { IncomingMessage } from 'node:http';
import type { RpcTypedData } from './rpc.ts';

/** The limit of Newtonsoft's parser, which the host uses. */
const MAX_DEPTH = 64;

/**
 * The binding data of an HTTP request, from which the library takes the app's headers and params, as the host in Azure
 * builds it: top-level properties of a JSON body, then query parameters, then route parameters; each replaces an earlier
 * one of its name, without case. The request's query and headers come last, and only if nothing has their name yet: a
 * body or a query with its own `Headers` hides them from the app.
 * (HttpTriggerAttributeBindingProvider.GetRequestBindingDataAsync in the extension's sources)
 */
export function toBindingData(options: {
  req: IncomingMessage;
  /** Only a body that the host has read: a chunked one plays no part. */
  body: Buffer | undefined;
  routeParams: Readonly<Record<string, string>>;
}): Record<string, RpcTypedData> {
  const { req, body, routeParams } = options;
  const byLowerCase = new Map<string, { name: string; data: RpcTypedData }>();
  const set = (name: string, data: RpcTypedData) => {
    const lowerCase = name.toLowerCase();
    // A later value comes under the name that was first.
    byLowerCase.set(lowerCase, { name: byLowerCase.get(lowerCase)?.name ?? name, data });
  };
  const query = queryOf(req.url ?? '');

  for (const [name, value] of Object.entries(objectIn(body))) {
    if (value === null || Array.isArray(value)) continue;
    set(name, typeof value === 'object' ? { json: JSON.stringify(value) } : { string: toText(value) });
  }
  for (const [name, value] of Object.entries(query)) {
    if (name.toLowerCase() !== 'code') set(name, { string: value });
  }
  for (const [name, value] of Object.entries(routeParams)) set(name, { string: value });
  const headers = Object.entries(req.headers).map(([name, value]) => [name, String(value)]);
  for (const [name, value] of Object.entries({ Query: query, Headers: Object.fromEntries(headers) })) {
    if (!byLowerCase.has(name.toLowerCase())) set(name, { json: JSON.stringify(value) });
  }
  return Object.fromEntries([...byLowerCase.values()].map(({ name, data }) => [name, data]));
}

function objectIn(body: Buffer | undefined): object {
  if (body === undefined) return {};
  try {
    const value: unknown = JSON.parse(body.toString('utf8').replace(/^\uFEFF/, ''));
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject && isShallow(value, MAX_DEPTH) ? value : {};
  } catch {
    return {};
  }
}

function isShallow(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every((entry) => isShallow(entry, levels - 1));
}

/** In .NET's spelling: `True`, `False`. */
function toText(value: unknown): string {
  const text = String(value);
  return typeof value === 'boolean' ? `${text.charAt(0).toUpperCase()}${text.slice(1)}` : text;
}

/** A parameter given twice is joined by a comma. */
function queryOf(url: string): Record<string, string> {
  const params = new URLSearchParams(url.split('?').slice(1).join('?'));
  return Object.fromEntries([...params.keys()].map((name) => [name, params.getAll(name).join(',')]));
}

import { StartError } from '../start-error.ts';
import type { WorkerFunction } from './worker.ts';

/** An HTTP function and the requests it takes. */
export type Route = {
  functionName: string;
  bindingName: string;
  /** Without prefix and leading slash: `webhooks/products`, `items/{id}`. */
  template: string;
  methods: readonly string[];
};

/** The function for a request, with the parameters of its route. */
export type RouteMatch = { route: Route; params: Record<string, string> };

/** Finds the function for a request; undefined for an unknown path and for a method the function does not take. */
export type FindRoute = (method: string, path: string) => RouteMatch | undefined;

/** Lists the HTTP functions among the app's functions. */
export function httpRoutes(functions: readonly WorkerFunction[]): Route[] {
  return functions
    .filter(({ trigger }) => trigger.type.toLowerCase() === 'httptrigger')
    .map(({ name, trigger }) => ({
      functionName: name,
      bindingName: trigger.name,
      template: typeof trigger.route === 'string' && trigger.route !== '' ? trigger.route : name,
      methods: Array.isArray(trigger.methods)
        ? trigger.methods.map((method) => String(method).toUpperCase())
        : [],
    }));
}

/**
 * Compiles routes as ASP.NET Core reads them: case and a trailing slash do not matter, literal segments win over
 * parameters, and a path whose method does not fit counts as unknown. It understands `{id}`, `{id?}` and `{*rest}`, and
 * refuses constraints such as `{id:int}`.
 */
export function compileRoutes(routes: readonly Route[], prefix: string): FindRoute {
  const compiled = routes
    .map((route) => {
      const segments = [...prefix.split('/'), ...route.template.split('/')].filter(
        (segment) => segment !== '',
      );
      return {
        route,
        pattern: new RegExp(`^${segments.map(segmentPattern).join('')}/?$`, 'i'),
        rank: rank(segments),
      };
    })
    .sort((a, b) => (a.rank < b.rank ? -1 : 1));

  return (method, path) => {
    for (const { route, pattern } of compiled) {
      if (route.methods.length > 0 && !route.methods.includes(method.toUpperCase())) continue;
      const match = pattern.exec(path);
      if (match) return { route, params: decodeParams(match.groups ?? {}) };
    }
    return undefined;
  };
}

function segmentPattern(segment: string): string {
  const [, star, name, optional] = /^\{(\*?)(\w+)(\??)\}$/.exec(segment) ?? [];
  if (name !== undefined) {
    if (star) return `(?:/(?<${name}>.*))?`;
    return optional ? `(?:/(?<${name}>[^/]+))?` : `/(?<${name}>[^/]+)`;
  }
  if (segment.includes('{')) throw new StartError(`This host does not understand "${segment}" in a route.`);
  return `/${segment.replace(/[.*+?^$()|[\]\\]/g, '\\$&')}`;
}

/** Sorts literal segments before parameters, and those before a catch-all. */
function rank(segments: readonly string[]): string {
  return segments
    .map((segment) => (segment.startsWith('{*') ? '2' : segment.startsWith('{') ? '1' : '0'))
    .join('');
}

function decodeParams(groups: Record<string, string | undefined>): Record<string, string> {
  const params: Record<string, string> = {};
  for (const [name, value] of Object.entries(groups)) {
    if (value === undefined) continue;
    try {
      params[name] = decodeURIComponent(value);
    } catch {
      params[name] = value;
    }
  }
  return params;
}

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
 * parameters, and a path whose method does not fit counts as unknown. It understands `{id}` and `{id?}`, and refuses
 * everything else in braces.
 */
export function compileRoutes(
  routes: readonly Route[],
  prefix: string,
): (method: string, path: string) => RouteMatch | undefined {
  const compiled = routes
    .map((route) => {
      const segments = segmentsOf(`${prefix}/${route.template}`);
      const unknown = segments.find((segment) => segment.includes('{') && !PARAMETER.test(segment));
      if (unknown) throw new StartError(`This host does not understand "${unknown}" in a route.`);
      // Sorts literal segments before parameters.
      const rank = segments.map((segment) => (PARAMETER.test(segment) ? '1' : '0')).join('');
      return { route, segments, rank };
    })
    .sort((a, b) => (a.rank < b.rank ? -1 : 1));

  return (method, path) => {
    for (const { route, segments } of compiled) {
      if (route.methods.length > 0 && !route.methods.includes(method.toUpperCase())) continue;
      const params = paramsIn(segmentsOf(path), segments);
      if (params) return { route, params };
    }
    return undefined;
  };
}

const PARAMETER = /^\{(\w+)(\??)\}$/;

function segmentsOf(path: string): string[] {
  return path.split('/').filter((segment) => segment !== '');
}

function paramsIn(path: readonly string[], segments: readonly string[]): RouteMatch['params'] | undefined {
  if (path.length > segments.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    const value = path[index];
    const [, name, optional] = PARAMETER.exec(segment) ?? [];
    if (name !== undefined && value !== undefined) params[name] = decode(value);
    else if (!optional && segment.toLowerCase() !== value?.toLowerCase()) return undefined;
  }
  return params;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

import type { FastifyInstance } from 'fastify';

/** Which methods an address takes, for telling a wrong method (405) from a wrong address (404). */
export interface RouteTable {
  /** The methods of the routes that match a path; empty when none does. */
  methodsFor(path: string): string[];
}

/** Must be called before the first route is registered. */
export function collectRoutes(app: FastifyInstance): RouteTable {
  const routes: Array<{ pattern: RegExp; methods: string[] }> = [];
  app.addHook('onRoute', (route) => {
    if (route.url.includes('*')) return;
    routes.push({ pattern: toPattern(route.url), methods: [route.method].flat() });
  });
  return {
    methodsFor: (path) => [
      ...new Set(routes.filter(({ pattern }) => pattern.test(path)).flatMap(({ methods }) => methods)),
    ],
  };
}

function toPattern(url: string): RegExp {
  const source = url
    .split('/')
    .map((part) => (part.startsWith(':') ? '[^/]+' : part.replace(/[^\w-]/g, '\\$&')))
    .join('/');
  return new RegExp(`^${source}$`);
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Engine } from './engine.ts';
import type { Registry } from './functions/registry.ts';
import type { LiveQueries } from './live/live-queries.ts';

type Page = (path: string, request: IncomingMessage, response: ServerResponse) => boolean;

/** Serves figures for operators. */
export function inspector(engine: Engine, _registry: Registry, _lives: LiveQueries, _dev: boolean): Page {
  return (path, _request, response) => {
    if (path === '/metrics') {
      response.setHeader('content-type', 'text/plain; version=0.0.4');
      response.end(engine.metrics.toPrometheus());
      return true;
    }
    if (path === '/metrics.json') {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(engine.metrics));
      return true;
    }
    return false;
  };
}

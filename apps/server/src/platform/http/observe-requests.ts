import type { FastifyInstance } from 'fastify';
import type { Metrics } from '../metrics.ts';

/** Too frequent to log: probes and scrapes. */
const QUIET = new Set(['/healthz', '/readyz', '/metrics']);

/** One measurement and, at the level debug, one log line for each answer. Both name the route's pattern; addresses and queries name people. */
export function observeRequests(app: FastifyInstance, metrics: Metrics): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
  });
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unknown';
    const status = reply.statusCode;
    metrics.observeRequest({ method: request.method, route, status }, reply.elapsedTime / 1000);
    if (QUIET.has(route)) return;
    request.log.debug({ method: request.method, route, status, ms: Math.round(reply.elapsedTime) }, 'answered');
  });
}

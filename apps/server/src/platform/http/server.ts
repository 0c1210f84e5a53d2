/**
 * The HTTP server: what every route shares. A route is registered by a plugin and says who may call it:
 *
 *   export const routes = (deps: Deps): FastifyPluginAsyncZod => async (app) => {
 *     app.get('/api/v1/things/:id', { config: { access: 'contacts.read' }, schema: { params, response: {…} } }, async (request) => …);
 *   };
 *
 * Its schema is checked before it runs, appears in the OpenAPI document, and types its handler; `request.principal` is who asks.
 */
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyReply, LogController } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import type { Logger } from 'pino';
import { v7 as uuidv7 } from 'uuid';
import type { Authenticate } from '../auth/authenticate.ts';
import type { Metrics } from '../metrics.ts';
import type { Settings } from '../settings.ts';
import { guardAccess } from './access.ts';
import { ApiError } from './api-error.ts';
import { findUncleanText } from './clean-text.ts';
import { handleError, sendError, toApiError } from './error-handler.ts';
import { acceptJson } from './json-body.ts';
import { observeRequests } from './observe-requests.ts';
import { describeApi } from './open-api.ts';
import { collectRoutes } from './route-table.ts';
import { isCrossSite } from './same-origin.ts';
import { setSecurityHeaders } from './security-headers.ts';

/** Bytes a request body may have. The longest legitimate one, an inbound webhook with ten pictures, has some kilobytes. */
const BODY_LIMIT = 1_048_576;

export type HttpSettings = Pick<Settings, 'publicUrl' | 'hotPublicUrl' | 'trustedProxies'>;

export interface HttpServerOptions {
  settings: HttpSettings;
  log: Logger;
  authenticate: Authenticate;
  metrics: Metrics;
}

export async function createHttpServer(options: HttpServerOptions): Promise<FastifyInstance> {
  const { settings, log, authenticate, metrics } = options;
  const app: FastifyInstance = fastify({
    loggerInstance: log as FastifyBaseLogger,
    // Ours names the route's pattern instead of the address.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT,
    // Hop 0 is who connected to us: that one is believed when there is one proxy, the next when there are two.
    trustProxy: (_address, hop) => hop < settings.trustedProxies,
    genReqId: () => uuidv7(),
    // An id from outside could be anything, and repeat.
    requestIdHeader: false,
    forceCloseConnections: true,
    frameworkErrors: (error, _request, reply) => sendError(reply as FastifyReply, toApiError(error)),
    clientErrorHandler: refuseUnparsable,
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler(handleError);
  acceptJson(app);

  const table = collectRoutes(app);
  app.setNotFoundHandler((request, reply) => {
    const methods = table.methodsFor(pathOf(request.url));
    if (methods.length === 0) throw new ApiError('not_found');
    reply.header('allow', methods.join(', '));
    throw new ApiError('method_not_allowed');
  });

  observeRequests(app, metrics);
  await setSecurityHeaders(app, settings);
  await describeApi(app);
  refuseOtherSites(app, new URL(settings.publicUrl).origin);
  guardAccess(app, authenticate);
  refuseUncleanText(app);
  app.addHook('onSend', async (request, reply) => {
    // Answers name people; a shared cache must never keep one.
    if (request.url.startsWith('/api/') && !reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
  });
  return app;
}

export function pathOf(url: string): string {
  const end = url.search(/[?#]/);
  return end === -1 ? url : url.slice(0, end);
}

function refuseOtherSites(app: FastifyInstance, ownOrigin: string): void {
  app.addHook('onRequest', async (request) => {
    if (request.routeOptions.config.access === 'webhook') return;
    if (isCrossSite(request.method, request.headers, ownOrigin)) throw new ApiError('bad_origin');
  });
}

function refuseUncleanText(app: FastifyInstance): void {
  app.addHook('preValidation', async (request) => {
    // Nothing in a signed webhook makes us lose the text: its route cleans what it stores.
    if (request.routeOptions.config.access === 'webhook') return;
    if (findUncleanText(request.params) !== null) throw new ApiError('not_found');
    for (const part of [request.body, request.query]) {
      // A file that its route reads as it comes in. Walking it would walk the whole process: it leads to the socket.
      if (part instanceof Readable) continue;
      const unclean = findUncleanText(part);
      if (unclean !== null) throw new ApiError('invalid_input', { details: [unclean] });
    }
  });
}

/** Bytes that are not HTTP never become a request: the answer is written to the socket. */
function refuseUnparsable(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const line = error.code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request';
  const body = JSON.stringify(new ApiError('bad_request').toBody());
  socket.end(
    `HTTP/1.1 ${line}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}

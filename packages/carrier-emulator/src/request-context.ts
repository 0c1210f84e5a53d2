import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Context } from './context.ts';
import type { Account } from './store/accounts.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The account whose credentials came with the request. */
    account: Account | null;
    /** What happened, in words, for the request log. */
    what: string;
    beganAt: number;
    /** The message it was about. */
    messageSid: string | null;
    /** First part of the answer, for the request log. */
    answered: string;
  }
}

/** What both carriers' APIs do for each request: its place in the log. */
export function followRequests(app: FastifyInstance, context: Context): void {
  app.decorateRequest('account', null);
  app.decorateRequest('what', '');
  app.decorateRequest('beganAt', 0);
  app.decorateRequest('messageSid', null);
  app.decorateRequest('answered', '');
  app.addHook('onRequest', async (request) => {
    request.beganAt = context.clock.now();
  });
  app.addHook('onSend', async (request, _reply, payload) => {
    if (typeof payload === 'string') request.answered = payload.slice(0, 2000);
  });
  app.addHook('onResponse', async (request, reply) => logRequest(context, request, reply.statusCode));
}

/** Writes the request log's line. Called for answered requests, and by faults for those that never are. */
export function logRequest(context: Context, request: FastifyRequest, status: number | null): void {
  context.log.add({
    at: request.beganAt,
    way: 'from-app',
    method: request.method,
    path: request.url.replace(/^\/2010-04-01\/Accounts\/AC[0-9a-fA-F]{32}(?=[/.])/, ''),
    url: `${context.url()}${request.url}`,
    status,
    tookMs: Math.max(0, context.clock.now() - request.beganAt),
    what: request.what,
    accountSid: request.account?.sid ?? null,
    messageSid: request.messageSid,
    signature: request.account ? 'valid' : 'invalid',
    signed: null,
    params: (request.body ?? {}) as Record<string, unknown>,
    answer: request.answered,
  });
}

/** Leaves the request without an answer until the app gives up, or hangs up. */
export function leaveUnanswered(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  how: 'silent' | 'disconnect',
): FastifyReply {
  logRequest(context, request, null);
  if (how === 'disconnect') request.raw.socket.destroy();
  return reply.hijack();
}

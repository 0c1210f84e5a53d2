import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Context } from '../context.ts';
import type { DeliverySteps } from '../delivery.ts';
import { reportFailure } from '../report-failure.ts';
import { followRequests } from '../request-context.ts';
import type { Account } from '../store/accounts.ts';
import { TelnyxError } from './errors.ts';
import { messageRoutes } from './message-routes.ts';
import { numberRoutes } from './number-routes.ts';
import { optOutRoutes } from './opt-out-routes.ts';
import { profileRoutes } from './profile-routes.ts';

/** Telnyx's REST API, mounted at /v2. */
export function telnyxRoutes(context: Context, delivery: DeliverySteps) {
  return async (app: FastifyInstance): Promise<void> => {
    app.removeContentTypeParser('text/plain');
    followRequests(app, context);
    app.addHook('onRequest', async (request, reply) => {
      const account = authenticate(context, request);
      request.account = account;
      const { admitted, limit, remaining, resetSeconds } = context.rateLimit.admit(account, reply.raw);
      if (limit !== null) {
        reply
          .header('x-ratelimit-limit', String(limit))
          .header('x-ratelimit-remaining', String(remaining))
          .header('x-ratelimit-reset', String(resetSeconds));
      }
      if (!admitted) throw new TelnyxError(10011);
    });
    app.setErrorHandler((error, request, reply) => answerError(error, request, reply));
    app.setNotFoundHandler((request, reply) => answerError(new TelnyxError(10005), request, reply));
    messageRoutes(app, context, delivery);
    profileRoutes(app, context);
    optOutRoutes(app, context);
    numberRoutes(app, context);
  };
}

/** `Authorization: Bearer` and the account's API key. */
function authenticate(context: Context, request: FastifyRequest): Account {
  const key = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
  const account = key === undefined ? undefined : context.accounts.byApiKey(key);
  if (!account) throw new TelnyxError(10009, 'No key found matching the ID given in the Authorization header.');
  return account;
}

function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const known = toTelnyxError(error);
  if (known.code === 10007 && !(error instanceof TelnyxError)) reportFailure(error);
  request.what ||= `Refused, ${known.code}: ${known.message}`;
  if (request.what.endsWith('on purpose')) request.what += `, ${known.code}`;
  reply.code(known.status).type('application/json').send(known.body());
}

function toTelnyxError(error: unknown): TelnyxError {
  if (error instanceof TelnyxError) return error;
  // A body that is no JSON, or too large.
  if (error instanceof Error && 'statusCode' in error && Number(error.statusCode) < 500) {
    return new TelnyxError(10015, error.message);
  }
  return new TelnyxError(10007);
}

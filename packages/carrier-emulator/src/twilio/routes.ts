import formbody from '@fastify/formbody';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Context } from '../context.ts';
import { reportFailure } from '../report-failure.ts';
import { newSid } from '../sids.ts';
import type { Account } from '../store/accounts.ts';
import type { DeliverySteps } from './delivery.ts';
import { TwilioError, type TwilioErrorBody } from './errors.ts';
import { messageRoutes } from './message-routes.ts';
import { numberRoutes } from './number-routes.ts';
import { logRequest, notFound } from './request-context.ts';
import { accountJson } from './resources.ts';

/** Twilio's REST API, mounted at /2010-04-01. */
export function twilioRoutes(context: Context, delivery: DeliverySteps) {
  return async (app: FastifyInstance): Promise<void> => {
    // Twilio reads forms only; a JSON body is a request without parameters.
    app.removeAllContentTypeParsers();
    await app.register(formbody, { bodyLimit: 1024 * 1024 });
    app.addContentTypeParser('*', { parseAs: 'string' }, (_request, _body, done) => done(null, {}));
    app.decorateRequest('account', null);
    app.decorateRequest('what', '');
    app.decorateRequest('beganAt', 0);
    app.decorateRequest('messageSid', null);
    app.decorateRequest('answered', '');

    app.addHook('onRequest', async (request, reply) => {
      request.beganAt = context.clock.now();
      reply.header('twilio-request-id', newSid('RQ')).header('twilio-concurrent-requests', '1');
      request.account = authenticate(context, request);
    });
    app.addHook('onSend', async (request, _reply, payload) => {
      if (typeof payload === 'string') request.answered = payload.slice(0, 2000);
    });
    app.addHook('onResponse', async (request, reply) => logRequest(context, request, reply.statusCode));
    app.setErrorHandler((error, request, reply) => answerError(error, request, reply));
    app.setNotFoundHandler((request, reply) => answerError(notFound(request), request, reply));

    app.get<{ Params: { account: string } }>('/Accounts/:account', async (request) => {
      const sid = request.params.account;
      if (sid !== `${request.account?.sid}.json`) throw notFound(request);
      request.what = 'The account';
      return accountJson(request.account as Account);
    });
    messageRoutes(app, context, delivery);
    numberRoutes(app, context);
  };
}

/** HTTP Basic with the account's SID and auth token; the path must name the same account. */
function authenticate(context: Context, request: FastifyRequest): Account {
  const header = request.headers.authorization ?? '';
  const [user, password] = Buffer.from(header.replace(/^Basic /i, ''), 'base64')
    .toString('utf8')
    .split(/:(.*)/s);
  const account = context.accounts.account(user ?? '');
  const named = /^\/2010-04-01\/Accounts\/(AC[0-9a-fA-F]{32})(?=[/.?]|$)/.exec(request.url)?.[1];
  if (!account || account.authToken !== password || (named && named !== account.sid)) throw new TwilioError(20003);
  return account;
}

function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  let body: TwilioErrorBody;
  if (error instanceof TwilioError) body = error.body();
  else if (isClientError(error)) body = { ...new TwilioError(20001, error.message).body(), status: error.statusCode };
  else {
    reportFailure(error);
    body = new TwilioError(20500).body();
  }
  request.what ||= `Refused, ${body.code}: ${body.message}`;
  if (body.status === 401) reply.header('www-authenticate', 'Basic realm="Twilio API"');
  reply.code(body.status).type('application/json').send(body);
}

function isClientError(error: unknown): error is Error & { statusCode: number } {
  return error instanceof Error && 'statusCode' in error && Number(error.statusCode) < 500;
}

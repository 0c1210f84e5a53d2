import formbody from '@fastify/formbody';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Context } from '../context.ts';
import type { DeliverySteps } from '../delivery.ts';
import { reportFailure } from '../report-failure.ts';
import { followRequests } from '../request-context.ts';
import { newSid } from '../sids.ts';
import type { Account } from '../store/accounts.ts';
import { applicationRoutes } from './applications.ts';
import { notFound, TwilioError, type TwilioErrorBody } from './errors.ts';
import { messageRoutes } from './message-routes.ts';
import { numberRoutes } from './number-routes.ts';
import { accountJson } from './resources.ts';
import { serviceRoutes } from './service-routes.ts';

/** Twilio's REST API, mounted at /2010-04-01. */
export function twilioRoutes(context: Context, delivery: DeliverySteps) {
  return async (app: FastifyInstance): Promise<void> => {
    await prepare(app, context);
    app.get<{ Params: { account: string } }>('/Accounts/:account', async (request) => {
      const sid = request.params.account;
      if (sid !== `${request.account?.sid}.json`) throw notFound(request);
      request.what = 'The account';
      return accountJson(request.account as Account);
    });
    messageRoutes(app, context, delivery);
    numberRoutes(app, context);
    applicationRoutes(app, context);
  };
}

/** What Twilio has at messaging.twilio.com, mounted at /v1. */
export function twilioMessagingRoutes(context: Context) {
  return async (app: FastifyInstance): Promise<void> => {
    await prepare(app, context);
    serviceRoutes(app, context);
  };
}

async function prepare(app: FastifyInstance, context: Context): Promise<void> {
  // Twilio reads forms only; a JSON body is a request without parameters.
  app.removeAllContentTypeParsers();
  await app.register(formbody, { bodyLimit: 1024 * 1024 });
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, _body, done) => done(null, {}));
  followRequests(app, context);
  app.addHook('onRequest', async (request, reply) => {
    reply.header('twilio-request-id', newSid('RQ'));
    const account = authenticate(context, request);
    request.account = account;
    const { admitted, concurrent } = context.rateLimit.admit(account, reply.raw);
    reply.header('twilio-concurrent-requests', String(concurrent));
    if (!admitted) throw new TwilioError(20429);
  });
  app.setErrorHandler((error, request, reply) => answerError(error, request, reply));
  app.setNotFoundHandler((request, reply) => answerError(notFound(request), request, reply));
}

/** HTTP Basic with the account's SID and auth token; the path must name the same account. */
function authenticate(context: Context, request: FastifyRequest): Account {
  const header = request.headers.authorization ?? '';
  const [user, password] = Buffer.from(header.replace(/^Basic /i, ''), 'base64')
    .toString('utf8')
    .split(/:(.*)/s);
  const account = context.accounts.account(user ?? '');
  const named = /^\/2010-04-01\/Accounts\/(AC[0-9a-fA-F]{32})(?=[/.?]|$)/.exec(request.url)?.[1];
  if (account?.carrier !== 'twilio' || account.authToken !== password || (named && named !== account.sid))
    throw new TwilioError(20003);
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

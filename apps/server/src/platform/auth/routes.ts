import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { personOf, toHeaders, whereOf } from '../http/access.ts';
import { ApiError } from '../http/api-error.ts';
import type { PersonPrincipal } from '../http/principal.ts';
import { createRateLimiter } from '../http/rate-limit.ts';
import { isoTime } from '../http/schemas.ts';
import type { Authenticate } from './authenticate.ts';
import type { HotTokens } from './hot-tokens.ts';
import { CLIENT_IP_HEADER, type SignIn, SSO_REQUIRED } from './sign-in.ts';

const MINUTE_MS = 60_000;

/** Failed sign-ins a minute from one address for one e-mail. */
const TRIES_PER_EMAIL = 10;

/** Failed sign-ins a minute from one address: a team behind one router stays far below, a list of stolen passwords does not. */
const TRIES_PER_ADDRESS = 100;

/** Sign-in's requests are small; hashing a megabyte of password is work nobody asked for. */
const BODY_LIMIT = 16_384;

/** Codes of a second factor tried in five minutes from one address; better-auth also locks the account for a while. */
const CODES_PER_ADDRESS = 60;

export type OwnChange =
  | 'person.password_changed'
  | 'person.two_factor_on'
  | 'person.two_factor_off'
  | 'person.recovery_codes_renewed';

/** What is written down when better-auth's route did it for somebody who is signed in. */
const OWN_CHANGES: Record<string, OwnChange> = {
  'change-password': 'person.password_changed',
  'two-factor/verify-totp': 'person.two_factor_on',
  'two-factor/disable': 'person.two_factor_off',
  'two-factor/generate-backup-codes': 'person.recovery_codes_renewed',
};

export interface AuthRoutesDeps {
  signIn: Pick<SignIn, 'handle'>;
  hotTokens: Pick<HotTokens, 'personToken'>;
  publicUrl: string;
  authenticate: Authenticate;
  /** Writes down what a person changed about how they sign in. */
  record(person: PersonPrincipal, kind: OwnChange): Promise<void>;
  now?: () => number;
}

/**
 * Sign-in's own routes, handed on to better-auth, which answers in its own words. Only those that Patchline uses are
 * there: better-auth has dozens, and each would be a door that nobody watches.
 */
export const authRoutes =
  ({ signIn, hotTokens, publicUrl, authenticate, record, now }: AuthRoutesDeps): FastifyPluginAsyncZod =>
  async (app) => {
    const perEmail = createRateLimiter({ max: TRIES_PER_EMAIL, windowMs: MINUTE_MS, now });
    const perAddress = createRateLimiter({ max: TRIES_PER_ADDRESS, windowMs: MINUTE_MS, now });
    const handOn = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> =>
      pass(await signIn.handle(toWebRequest(request, publicUrl)), reply);
    const pass = async (response: Response, reply: FastifyReply): Promise<FastifyReply> => {
      // better-auth answers 500 when it cannot reach its tables, and has logged why.
      if (response.status >= 500) throw new ApiError('unavailable');
      for (const [name, value] of response.headers) if (name !== 'set-cookie') reply.header(name, value);
      for (const cookie of response.headers.getSetCookie()) reply.header('set-cookie', cookie);
      const text = await response.text();
      // Said only after the password was right, so that it tells nobody else how somebody signs in.
      if (response.status === 403 && text.includes(`"${SSO_REQUIRED}"`)) throw new ApiError('sso_required');
      return reply.code(response.status).send(text);
    };
    const options = { config: { access: 'public' as const }, bodyLimit: BODY_LIMIT, schema: { hide: true } };

    app.post('/api/auth/sign-in/email', options, async (request, reply) => {
      const email = (request.body as { email?: unknown } | undefined)?.email;
      const keys = {
        email: `${request.ip} ${typeof email === 'string' ? email.trim().toLowerCase() : ''}`,
        address: request.ip,
      };
      const wait = Math.max(perEmail.take(keys.email), perAddress.take(keys.address));
      if (wait > 0) {
        reply.header('retry-after', wait);
        throw new ApiError('too_many_requests', {
          message: `Too many sign-in attempts. Wait ${wait} seconds and try again.`,
          details: { retryAfterSeconds: wait },
        });
      }
      const answer = await handOn(request, reply);
      if (reply.statusCode === 200) {
        perEmail.giveBack(keys.email);
        perAddress.giveBack(keys.address);
      }
      return answer;
    });
    app.post('/api/auth/sign-out', options, handOn);
    const codes = createRateLimiter({ max: CODES_PER_ADDRESS, windowMs: 5 * MINUTE_MS, now });
    for (const route of [
      'change-password',
      ...['two-factor/enable', 'two-factor/disable', 'two-factor/generate-backup-codes'],
      ...['two-factor/verify-totp', 'two-factor/verify-backup-code'],
    ]) {
      app.post(`/api/auth/${route}`, options, async (request, reply) => {
        const wait = codes.take(request.ip);
        if (wait > 0) {
          reply.header('retry-after', wait);
          throw new ApiError('too_many_requests', { details: { retryAfterSeconds: wait } });
        }
        const change = OWN_CHANGES[route];
        // Before it is done: some of these routes put another session in the place of the one that asks.
        const asker = change === undefined ? null : await authenticate(toHeaders(request));
        const response = await signIn.handle(toWebRequest(request, publicUrl));
        if (response.status === 200) {
          codes.giveBack(request.ip);
          if (change !== undefined && asker?.principal.kind === 'person') {
            await record({ ...asker.principal, where: whereOf(request) }, change);
          }
        }
        return pass(response, reply);
      });
    }
    app.get('/api/auth/get-session', options, handOn);

    app.post(
      '/api/v1/hot-token',
      {
        config: { access: 'person' },
        schema: {
          tags: ['Me'],
          summary: 'A token for the live part of the service, valid five minutes.',
          response: {
            200: z.object({ token: z.string(), expiresAt: isoTime }),
          },
        },
      },
      async (request) => {
        const { token, expiresAt } = await hotTokens.personToken(personOf(request));
        return { token, expiresAt: expiresAt.toISOString() };
      },
    );
  };

function toWebRequest(request: FastifyRequest, publicUrl: string): Request {
  // Our own check of the origin has passed; better-auth's knows one name of this server only.
  const headers = new Headers({ origin: new URL(publicUrl).origin, [CLIENT_IP_HEADER]: request.ip });
  for (const name of ['cookie', 'user-agent'] as const) {
    const value = request.headers[name];
    if (value !== undefined) headers.set(name, value);
  }
  const path = request.routeOptions.url ?? '';
  if (request.method === 'GET') return new Request(publicUrl + path, { headers });
  headers.set('content-type', 'application/json');
  return new Request(publicUrl + path, { method: request.method, headers, body: JSON.stringify(request.body ?? {}) });
}

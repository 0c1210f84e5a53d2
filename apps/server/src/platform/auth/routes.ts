import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { personOf } from '../http/access.ts';
import { ApiError } from '../http/api-error.ts';
import { createRateLimiter } from '../http/rate-limit.ts';
import { isoTime } from '../http/schemas.ts';
import type { HotTokens } from './hot-tokens.ts';
import { CLIENT_IP_HEADER, type SignIn } from './sign-in.ts';

const MINUTE_MS = 60_000;

/** Failed sign-ins a minute from one address for one e-mail. */
const TRIES_PER_EMAIL = 10;

/** Failed sign-ins a minute from one address: a team behind one router stays far below, a list of stolen passwords does not. */
const TRIES_PER_ADDRESS = 100;

/** Sign-in's requests are small; hashing a megabyte of password is work nobody asked for. */
const BODY_LIMIT = 16_384;

export interface AuthRoutesDeps {
  signIn: Pick<SignIn, 'handle'>;
  hotTokens: Pick<HotTokens, 'personToken'>;
  publicUrl: string;
  now?: () => number;
}

/**
 * Sign-in's own routes, handed on to better-auth, which answers in its own words. Only the four that Patchline uses are
 * there: better-auth has dozens, and each would be a door that nobody watches.
 */
export const authRoutes =
  ({ signIn, hotTokens, publicUrl, now }: AuthRoutesDeps): FastifyPluginAsyncZod =>
  async (app) => {
    const perEmail = createRateLimiter({ max: TRIES_PER_EMAIL, windowMs: MINUTE_MS, now });
    const perAddress = createRateLimiter({ max: TRIES_PER_ADDRESS, windowMs: MINUTE_MS, now });
    const handOn = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
      const response = await signIn.handle(toWebRequest(request, publicUrl));
      // better-auth answers 500 when it cannot reach its tables, and has logged why.
      if (response.status >= 500) throw new ApiError('unavailable');
      for (const [name, value] of response.headers) if (name !== 'set-cookie') reply.header(name, value);
      for (const cookie of response.headers.getSetCookie()) reply.header('set-cookie', cookie);
      return reply.code(response.status).send(await response.text());
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
    app.post('/api/auth/change-password', options, handOn);
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

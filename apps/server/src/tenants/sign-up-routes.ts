import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { PASSWORD_LENGTH } from '../platform/auth/sign-in.ts';
import { whereOf } from '../platform/http/access.ts';
import { ApiError } from '../platform/http/api-error.ts';
import { createRateLimiter } from '../platform/http/rate-limit.ts';
import { noContent, refusals } from '../platform/http/schemas.ts';
import { askToSignUp, confirmSignUp, type SignUpDeps } from './sign-up.ts';
import { tenantName, timeZone } from './tenant-routes.ts';

/** Letters that one address may cause an hour. */
const TRIES = 10;
const HOUR_MS = 3_600_000;

/** Making a company without being asked, where the installation allows it. Elsewhere there are no such routes. */
export const signUpRoutes =
  (deps: SignUpDeps & { settings: { signUp: boolean } }): FastifyPluginAsyncZod =>
  async (app) => {
    const config = { access: 'public' as const };
    const tags = ['Set-up'];
    const limiter = createRateLimiter({ max: TRIES, windowMs: HOUR_MS });
    const onlyIfAllowed = () => {
      if (!deps.settings.signUp) throw new ApiError('not_found');
    };

    app.post(
      '/api/v1/sign-up',
      {
        config,
        // Before the body is looked at: where sign-up is off, nothing tells that it could be on.
        onRequest: async () => onlyIfAllowed(),
        schema: {
          tags,
          summary: 'Asks for a company of one’s own (with SIGN_UP=on). A letter brings the link that confirms it.',
          body: z.strictObject({
            email: z.email().max(254),
            name: tenantName,
            password: z.string().min(PASSWORD_LENGTH.min).max(PASSWORD_LENGTH.max),
            tenantName,
            timeZone,
          }),
          response: {
            202: z.null().describe('Noted.'),
            ...refusals('not_found', 'too_many_requests', 'mail_not_set_up'),
          },
        },
      },
      async (request, reply) => {
        const wait = limiter.take(request.ip);
        if (wait > 0) {
          reply.header('retry-after', wait);
          throw new ApiError('too_many_requests', { details: { retryAfterSeconds: wait } });
        }
        await askToSignUp(deps, request.body);
        return reply.code(202).send(null);
      },
    );

    app.post(
      '/api/v1/sign-up/confirm',
      {
        config,
        onRequest: async () => onlyIfAllowed(),
        schema: {
          tags,
          summary: 'Makes the person and the company of a letter’s link.',
          body: z.strictObject({ token: z.string().min(1).max(200) }),
          response: { 204: noContent, ...refusals('not_found') },
        },
      },
      async (request, reply) => {
        await confirmSignUp(deps, request.body.token, whereOf(request));
        return reply.code(204).send(null);
      },
    );
  };

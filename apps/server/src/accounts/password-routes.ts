import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { PASSWORD_LENGTH } from '../platform/auth/sign-in.ts';
import { whereOf } from '../platform/http/access.ts';
import { createRateLimiter } from '../platform/http/rate-limit.ts';
import { noContent, refusals } from '../platform/http/schemas.ts';
import type { AccountDeps } from './deps.ts';
import { countAttempt } from './limits.ts';
import { linkToken } from './link-token.ts';
import { askForPasswordReset, resetPassword } from './password-reset.ts';

const HOUR_MS = 3_600_000;

/** Letters an hour to one address, whoever asks for them. */
const LETTERS_PER_EMAIL = 5;

/** Requests an hour from one network address: a whole company may stand behind one. */
const REQUESTS_PER_ADDRESS = 60;

export const passwordRoutes =
  (deps: AccountDeps): FastifyPluginAsyncZod =>
  async (app) => {
    const perEmail = createRateLimiter({ max: LETTERS_PER_EMAIL, windowMs: HOUR_MS, now: deps.now });
    const perAddress = createRateLimiter({ max: REQUESTS_PER_ADDRESS, windowMs: HOUR_MS, now: deps.now });
    const perAddressConfirm = createRateLimiter({ max: REQUESTS_PER_ADDRESS, windowMs: HOUR_MS, now: deps.now });
    const config = { access: 'public' as const };
    const tags = ['Me'];

    app.post(
      '/api/v1/password-reset',
      {
        config,
        schema: {
          tags,
          summary: 'Sends a link for a new password to an e-mail address, if somebody has it.',
          description: 'The answer is the same for every address.',
          body: z.strictObject({ email: z.email().max(254) }),
          response: { 202: noContent, ...refusals('too_many_requests') },
        },
      },
      async (request, reply) => {
        countAttempt(reply, perAddress, request.ip);
        countAttempt(reply, perEmail, request.body.email.toLowerCase());
        await askForPasswordReset(deps, request.body.email);
        return reply.code(202).send(null);
      },
    );

    app.post(
      '/api/v1/password-reset/confirm',
      {
        config,
        schema: {
          tags,
          summary: 'Sets a new password by the link of a letter, and ends every session.',
          body: z.strictObject({
            token: linkToken,
            password: z.string().min(PASSWORD_LENGTH.min).max(PASSWORD_LENGTH.max),
          }),
          response: { 204: noContent, ...refusals('not_found', 'too_many_requests') },
        },
      },
      async (request, reply) => {
        countAttempt(reply, perAddressConfirm, request.ip);
        await resetPassword(deps, { ...request.body, where: whereOf(request) });
        return reply.code(204).send(null);
      },
    );
  };

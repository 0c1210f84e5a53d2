import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { whereOf } from '../platform/http/access.ts';
import { createRateLimiter } from '../platform/http/rate-limit.ts';
import { idParams, noContent, refusals } from '../platform/http/schemas.ts';
import type { AccountDeps } from './deps.ts';
import { countAttempt } from './limits.ts';
import { CALLBACK_PATH } from './oidc.ts';
import { addSsoProvider, changeSsoProvider, listSsoProviders, removeSsoProvider } from './sso-providers.ts';
import { ATTEMPT_SECONDS, finishSso, SsoRefusal, startSso } from './sso-sign-in.ts';

/** Sign-ins begun, or come back, in a minute from one address. */
const PER_MINUTE = 30;
const MINUTE_MS = 60_000;

/** Binds the way there and back to one browser: whoever is sent a link that somebody else began does not follow it in. */
const STATE_COOKIE = 'patchline.sso';

const domain = z
  .string()
  .trim()
  .toLowerCase()
  .max(253)
  .regex(/^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]{2,}$/, 'must be a domain, such as example.com');
const issuer = z.url().max(500);
const clientId = z.string().trim().min(1).max(500);
const clientSecret = z.string().min(1).max(1_000);
const tags = ['People'];

export const ssoRoutes =
  (deps: AccountDeps): FastifyPluginAsyncZod =>
  async (app) => {
    const config = { access: 'sso.manage' as const };

    app.get(
      '/api/v1/sso',
      {
        config,
        schema: {
          tags,
          summary: 'The company’s providers of single sign-on.',
          response: {
            200: z.object({
              items: z.array(
                z.object({
                  id: z.uuid(),
                  domain: z.string(),
                  issuer: z.string(),
                  clientId: z.string(),
                  required: z.boolean().describe('Who is no owner cannot sign in with a password.'),
                }),
              ),
            }),
          },
        },
      },
      async (request) => ({ items: await listSsoProviders(deps, request.principal.tenantId) }),
    );

    app.post(
      '/api/v1/sso',
      {
        config,
        schema: {
          tags,
          summary: 'Adds a provider of single sign-on (OpenID Connect) for one e-mail domain.',
          description: `Register \`PUBLIC_URL${CALLBACK_PATH}\` at the provider as the redirect address.`,
          body: z.strictObject({ domain, issuer, clientId, clientSecret, required: z.boolean().default(false) }),
          response: { 201: z.object({ id: z.uuid() }) },
        },
      },
      async (request, reply) => reply.code(201).send(await addSsoProvider(deps, request.principal, request.body)),
    );

    app.patch(
      '/api/v1/sso/:id',
      {
        config,
        schema: {
          tags,
          summary: 'Changes a provider. Another issuer needs its client secret again.',
          params: idParams,
          body: z
            .strictObject({ domain, issuer, clientId, clientSecret, required: z.boolean() })
            .partial()
            .refine((changes) => Object.keys(changes).length > 0, 'Say what to change.'),
          response: { 204: noContent },
        },
      },
      async (request, reply) => {
        await changeSsoProvider(deps, request.principal, request.params.id, request.body);
        return reply.code(204).send(null);
      },
    );

    app.delete(
      '/api/v1/sso/:id',
      { config, schema: { tags, summary: 'Removes a provider.', params: idParams, response: { 204: noContent } } },
      async (request, reply) => {
        await removeSsoProvider(deps, request.principal, request.params.id);
        return reply.code(204).send(null);
      },
    );
    await app.register(ssoSignInRoutes(deps));
  };

const ssoSignInRoutes =
  (deps: AccountDeps): FastifyPluginAsyncZod =>
  async (app) => {
    const perAddress = createRateLimiter({ max: PER_MINUTE, windowMs: MINUTE_MS, now: deps.now });
    const config = { access: 'public' as const };
    const cookie = (value: string, seconds: number) =>
      `${STATE_COOKIE}=${value}; Path=${CALLBACK_PATH}; Max-Age=${seconds}; HttpOnly; SameSite=Lax${
        deps.publicUrl.startsWith('https:') ? '; Secure' : ''
      }`;

    app.post(
      '/api/v1/sso/start',
      {
        config,
        schema: {
          tags,
          summary: 'Where to sign in by single sign-on.',
          body: z.strictObject({ email: z.email().max(254) }),
          response: { 200: z.object({ url: z.string() }), ...refusals('not_found', 'too_many_requests') },
        },
      },
      async (request, reply) => {
        countAttempt(reply, perAddress, request.ip);
        const { url, state } = await startSso(deps, request.body.email);
        reply.header('set-cookie', cookie(state, ATTEMPT_SECONDS));
        return { url };
      },
    );

    app.get(CALLBACK_PATH, { config, schema: { hide: true } }, async (request, reply) => {
      countAttempt(reply, perAddress, request.ip);
      reply.header('set-cookie', cookie('', 0)).header('cache-control', 'no-store');
      try {
        const { state } = request.query as { state?: unknown };
        const expected = new RegExp(`(?:^|; )${STATE_COOKIE.replace('.', '\\.')}=([\\w-]+)`).exec(
          request.headers.cookie ?? '',
        )?.[1];
        if (typeof state !== 'string' || state !== expected) throw new SsoRefusal('sso_expired');
        const cookies = await finishSso(deps, { path: request.url, state, where: whereOf(request) });
        for (const each of cookies) reply.header('set-cookie', each);
        return reply.redirect('/');
      } catch (error) {
        if (!(error instanceof SsoRefusal)) throw error;
        return reply.redirect(`/sign-in?error=${error.problem}`);
      }
    });
  };

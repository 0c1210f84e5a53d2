import { ROLES } from '@patchline/contracts/roles';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { PASSWORD_LENGTH } from '../platform/auth/sign-in.ts';
import { toHeaders, whereOf } from '../platform/http/access.ts';
import { createRateLimiter } from '../platform/http/rate-limit.ts';
import { idParams, isoTime, noContent, refusals, uuid } from '../platform/http/schemas.ts';
import { acceptInvitation, lookAtInvitation } from './accept-invitation.ts';
import type { AccountDeps } from './deps.ts';
import { invite, listInvitations, resendInvitation, withdrawInvitation } from './invitations.ts';
import { countAttempt } from './limits.ts';
import { hashLinkToken, linkToken } from './link-token.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** Letters a tenant may have sent to strangers in an hour. */
const INVITATIONS_PER_HOUR = 200;

/** Tries a minute from one address to use or look at a link. */
const LINKS_PER_MINUTE = 60;

/** Passwords tried a minute on one invitation. */
const PASSWORDS_PER_MINUTE = 10;

const role = z.enum(ROLES);
const tags = ['People'];

export const invitationRoutes =
  (deps: AccountDeps): FastifyPluginAsyncZod =>
  async (app) => {
    const perTenant = createRateLimiter({ max: INVITATIONS_PER_HOUR, windowMs: HOUR_MS, now: deps.now });
    const config = { access: 'people.manage' as const };

    app.get(
      '/api/v1/invitations',
      {
        config,
        schema: {
          tags,
          summary: 'Invitations that nobody has taken yet.',
          response: {
            200: z.object({
              items: z.array(
                z.object({
                  id: z.uuid(),
                  email: z.string(),
                  role,
                  teamIds: z.array(z.uuid()),
                  invitedBy: z.object({ id: z.uuid(), name: z.string() }).nullable(),
                  createdAt: isoTime,
                  expiresAt: isoTime,
                }),
              ),
            }),
          },
        },
      },
      async (request) => ({ items: await listInvitations(deps, request.principal.tenantId) }),
    );

    app.post(
      '/api/v1/invitations',
      {
        config,
        schema: {
          tags,
          summary: 'Invites somebody by e-mail.',
          description: 'The link is good for 7 days and works once. Inviting the same address again replaces it.',
          body: z.strictObject({ email: z.email().max(254), role, teamIds: z.array(uuid).max(100).default([]) }),
          response: { 201: z.object({ id: z.uuid() }), ...refusals('mail_not_set_up', 'too_many_requests') },
        },
      },
      async (request, reply) => {
        countAttempt(reply, perTenant, request.principal.tenantId);
        return reply.code(201).send(await invite(deps, request.principal, request.body));
      },
    );

    app.post(
      '/api/v1/invitations/:id/resend',
      {
        config,
        schema: {
          tags,
          summary: 'Sends an invitation again, with another link.',
          params: idParams,
          response: { 204: noContent, ...refusals('mail_not_set_up', 'too_many_requests') },
        },
      },
      async (request, reply) => {
        countAttempt(reply, perTenant, request.principal.tenantId);
        await resendInvitation(deps, request.principal, request.params.id);
        return reply.code(204).send(null);
      },
    );

    app.delete(
      '/api/v1/invitations/:id',
      {
        config,
        schema: { tags, summary: 'Takes an invitation back.', params: idParams, response: { 204: noContent } },
      },
      async (request, reply) => {
        await withdrawInvitation(deps, request.principal, request.params.id);
        return reply.code(204).send(null);
      },
    );
    await app.register(acceptRoutes(deps));
  };

const acceptRoutes =
  (deps: AccountDeps): FastifyPluginAsyncZod =>
  async (app) => {
    const perAddress = createRateLimiter({ max: LINKS_PER_MINUTE, windowMs: MINUTE_MS, now: deps.now });
    const perInvitation = createRateLimiter({ max: PASSWORDS_PER_MINUTE, windowMs: MINUTE_MS, now: deps.now });
    const config = { access: 'public' as const };

    app.post(
      '/api/v1/invitations/look',
      {
        config,
        schema: {
          tags,
          summary: 'What an invitation is to, for whoever holds its link.',
          body: z.strictObject({ token: linkToken }),
          response: {
            200: z.object({ email: z.string(), tenantName: z.string(), role, hasAccount: z.boolean() }),
            ...refusals('not_found', 'too_many_requests'),
          },
        },
      },
      async (request, reply) => {
        countAttempt(reply, perAddress, request.ip);
        return lookAtInvitation(deps, request.body.token);
      },
    );

    app.post(
      '/api/v1/invitations/accept',
      {
        config,
        schema: {
          tags,
          summary: 'Takes an invitation.',
          description:
            'Who has an account here is signed in as that e-mail address or gives its password; who has none gives a name and a new password.',
          body: z.strictObject({
            token: linkToken,
            name: z.string().trim().min(1).max(120).optional(),
            password: z.string().min(PASSWORD_LENGTH.min).max(PASSWORD_LENGTH.max).optional(),
          }),
          response: { 204: noContent, ...refusals('not_found', 'too_many_requests') },
        },
      },
      async (request, reply) => {
        countAttempt(reply, perAddress, request.ip);
        countAttempt(reply, perInvitation, hashLinkToken(request.body.token).toString('hex'));
        await acceptInvitation(deps, { ...request.body, headers: toHeaders(request), where: whereOf(request) });
        return reply.code(204).send(null);
      },
    );
  };

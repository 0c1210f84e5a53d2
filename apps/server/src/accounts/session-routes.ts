import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { personOf } from '../platform/http/access.ts';
import { idParams, isoTime, noContent } from '../platform/http/schemas.ts';
import type { AccountDeps } from './deps.ts';
import { dropSecondFactor, endOtherSessions, endSession, endSessionsOf, listSessions } from './sessions.ts';

export const sessionRoutes =
  (deps: AccountDeps): FastifyPluginAsyncZod =>
  async (app) => {
    const config = { access: 'person' as const };

    app.get(
      '/api/v1/me/sessions',
      {
        config,
        schema: {
          tags: ['Me'],
          summary: 'Where the signed-in person is signed in.',
          response: {
            200: z.object({
              items: z.array(
                z.object({
                  id: z.uuid(),
                  current: z.boolean().describe('The one that asks.'),
                  createdAt: isoTime,
                  lastUsedAt: isoTime.describe('To the minute.'),
                  ip: z.string().nullable(),
                  userAgent: z.string().nullable(),
                  tenant: z.object({ id: z.uuid(), name: z.string() }),
                }),
              ),
            }),
          },
        },
      },
      async (request) => ({ items: await listSessions(deps, personOf(request)) }),
    );

    app.delete(
      '/api/v1/me/sessions',
      { config, schema: { tags: ['Me'], summary: 'Signs out everywhere else.', response: { 204: noContent } } },
      async (request, reply) => {
        await endOtherSessions(deps, personOf(request));
        return reply.code(204).send(null);
      },
    );

    app.delete(
      '/api/v1/me/sessions/:id',
      {
        config,
        schema: { tags: ['Me'], summary: 'Ends one session.', params: idParams, response: { 204: noContent } },
      },
      async (request, reply) => {
        await endSession(deps, personOf(request), request.params.id);
        return reply.code(204).send(null);
      },
    );

    app.delete(
      '/api/v1/people/:id/sessions',
      {
        config: { access: 'people.manage' },
        schema: {
          tags: ['People'],
          summary: 'Signs a person out everywhere in this company.',
          params: idParams,
          response: { 204: noContent },
        },
      },
      async (request, reply) => {
        await endSessionsOf(deps, request.principal, request.params.id);
        return reply.code(204).send(null);
      },
    );

    app.delete(
      '/api/v1/people/:id/two-factor',
      {
        config: { access: 'owners.manage' },
        schema: {
          tags: ['People'],
          summary: 'Switches off the second factor of a person who lost it. They get a letter.',
          description:
            'Refused for people who also work for another company here: it would weaken their sign-in there.',
          params: idParams,
          response: { 204: noContent },
        },
      },
      async (request, reply) => {
        await dropSecondFactor(deps, request.principal, request.params.id);
        return reply.code(204).send(null);
      },
    );
  };

import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { idParams, noContent, uuid } from '../platform/http/schemas.ts';
import { addTeam, deleteTeam, listTeams, renameTeam, setMembers, type TeamsDeps } from './teams.ts';

const name = z.string().trim().min(1).max(120);
const tags = ['Teams'];

/** Teams, who is in them, and through PATCH /numbers/{id} which numbers' threads are theirs alone. */
export const teamRoutes =
  (deps: TeamsDeps): FastifyPluginAsyncZod =>
  async (app) => {
    const config = { access: 'teams.manage' as const };

    app.get(
      '/api/v1/teams',
      {
        config: { access: 'people.read' },
        schema: {
          tags,
          summary: 'The teams, their people and their numbers.',
          response: {
            200: z.object({
              items: z.array(
                z.object({
                  id: z.uuid(),
                  name: z.string(),
                  memberIds: z.array(z.uuid()),
                  numberIds: z.array(z.uuid()),
                }),
              ),
            }),
          },
        },
      },
      async (request) => ({ items: await listTeams(deps, request.principal.tenantId) }),
    );

    app.post(
      '/api/v1/teams',
      {
        config,
        schema: {
          tags,
          summary: 'Makes a team.',
          body: z.strictObject({ name }),
          response: { 201: z.object({ id: z.uuid() }) },
        },
      },
      async (request, reply) => reply.code(201).send(await addTeam(deps, request.principal, request.body.name)),
    );

    app.patch(
      '/api/v1/teams/:id',
      {
        config,
        schema: {
          tags,
          summary: 'Renames a team.',
          params: idParams,
          body: z.strictObject({ name }),
          response: { 204: noContent },
        },
      },
      async (request, reply) => {
        await renameTeam(deps, request.principal, request.params.id, request.body.name);
        return reply.code(204).send(null);
      },
    );

    app.delete(
      '/api/v1/teams/:id',
      {
        config,
        schema: {
          tags,
          summary: 'Deletes a team. Its numbers become everybody’s.',
          params: idParams,
          response: { 204: noContent },
        },
      },
      async (request, reply) => {
        await deleteTeam(deps, request.principal, request.params.id);
        return reply.code(204).send(null);
      },
    );

    app.put(
      '/api/v1/teams/:id/members',
      {
        config,
        schema: {
          tags,
          summary: 'Says who is in a team.',
          params: idParams,
          body: z.strictObject({ userIds: z.array(uuid).max(1000) }),
          response: { 204: noContent },
        },
      },
      async (request, reply) => {
        await setMembers(deps, request.principal, request.params.id, request.body.userIds);
        return reply.code(204).send(null);
      },
    );
  };

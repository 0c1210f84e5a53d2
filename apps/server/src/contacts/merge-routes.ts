import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { noContent, optionalParam, refusals, uuid } from '../platform/http/schemas.ts';
import { findDuplicates } from './find-duplicates.ts';
import { MOST_MERGED, mergeContacts, undoMerge } from './merge-contacts.ts';
import { shown, withOwners } from './owners.ts';
import type { ContactRoutesDeps } from './routes.ts';
import * as schema from './schemas.ts';

const tags = ['Contacts'];

/** Contacts that are there twice, and making them one. */
export function mergeRoutes(deps: ContactRoutesDeps): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/api/v1/contacts/duplicates',
      {
        config: { access: 'contacts.read' },
        schema: {
          tags,
          summary: 'Contacts that may be one and the same.',
          querystring: z.strictObject({ cursor: optionalParam(z.string().max(400)) }),
          response: {
            200: z.object({
              items: z.array(z.object({ contacts: z.array(schema.foundContact), why: z.string() })),
              nextCursor: z.string().nullable(),
            }),
          },
        },
      },
      async ({ principal, query }) => {
        const { groups, next } = await deps.database.withTenant(principal.tenantId, (tx) =>
          findDuplicates(tx, query.cursor ?? ''),
        );
        const items = await Promise.all(
          groups.map(async ({ contacts, why }) => ({
            contacts: (await withOwners(deps.signIn, contacts)).map(shown),
            why,
          })),
        );
        return { items, nextCursor: next };
      },
    );

    app.post(
      '/api/v1/contacts/merge',
      {
        config: { access: 'contacts.merge' },
        schema: {
          tags,
          summary: 'Makes several contacts one. The kept one takes from the others what it lacks.',
          body: z.strictObject({ keep: uuid, merge: z.array(uuid).min(1).max(MOST_MERGED) }),
          response: { 200: z.object({ mergeId: z.string() }) },
        },
      },
      async ({ principal, body }) => mergeContacts(deps, principal, body),
    );

    app.post(
      '/api/v1/contacts/merges/:id/undo',
      {
        config: { access: 'contacts.merge' },
        schema: {
          tags,
          summary: 'Puts back what a merge moved. What was changed by hand since stays.',
          params: schema.params,
          response: { 204: noContent, ...refusals('merge_superseded') },
        },
      },
      async ({ principal, params }, reply) => {
        await undoMerge(deps, principal, params.id);
        return reply.code(204).send(null);
      },
    );
  };
}

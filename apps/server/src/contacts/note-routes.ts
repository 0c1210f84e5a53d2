import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { noContent, uuid } from '../platform/http/schemas.ts';
import { addNote, changeNote, listNotes } from './contact-notes.ts';
import type { ContactRoutesDeps } from './routes.ts';
import * as schema from './schemas.ts';

const body = z.strictObject({ body: z.string().trim().min(1).max(10_000) });
const noteParams = z.strictObject({ id: uuid, noteId: uuid });
const tags = ['Contacts'];

/** What the team writes about a contact for itself. */
export function noteRoutes(deps: Pick<ContactRoutesDeps, 'database'>): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/api/v1/contacts/:id/notes',
      {
        config: { access: 'contacts.read' },
        schema: {
          tags,
          summary: 'The notes about a contact, newest first, up to 200.',
          params: schema.params,
          response: { 200: z.object({ items: z.array(schema.note) }) },
        },
      },
      async ({ principal, params }) => {
        const notes = await deps.database.withTenant(principal.tenantId, (tx) => listNotes(tx, params.id));
        return {
          items: notes.map((note) => ({
            id: note.id,
            body: note.body,
            author: { id: note.authorId, name: note.authorName },
            createdAt: note.createdAt.toISOString(),
            updatedAt: note.updatedAt.toISOString(),
          })),
        };
      },
    );

    app.post(
      '/api/v1/contacts/:id/notes',
      {
        config: { access: 'contacts.edit' },
        schema: {
          tags,
          summary: 'Adds a note.',
          params: schema.params,
          body,
          response: { 201: z.object({ id: z.string() }) },
        },
      },
      async ({ principal, params, body: note }, reply) =>
        reply
          .code(201)
          .send(
            await deps.database.withTenant(principal.tenantId, (tx) => addNote(tx, principal, params.id, note.body)),
          ),
    );

    app.patch(
      '/api/v1/contacts/:id/notes/:noteId',
      {
        config: { access: 'contacts.edit' },
        schema: { tags, summary: 'Changes a note.', params: noteParams, body, response: { 204: noContent } },
      },
      async ({ principal, params, body: note }, reply) => {
        const of = { contactId: params.id, noteId: params.noteId };
        await deps.database.withTenant(principal.tenantId, (tx) => changeNote(tx, principal, of, note.body));
        return reply.code(204).send(null);
      },
    );

    app.delete(
      '/api/v1/contacts/:id/notes/:noteId',
      {
        config: { access: 'contacts.edit' },
        schema: { tags, summary: 'Takes a note away.', params: noteParams, response: { 204: noContent } },
      },
      async ({ principal, params }, reply) => {
        const of = { contactId: params.id, noteId: params.noteId };
        await deps.database.withTenant(principal.tenantId, (tx) => changeNote(tx, principal, of, null));
        return reply.code(204).send(null);
      },
    );
  };
}

import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { noContent } from '../platform/http/schemas.ts';
import { addField, changeField, listFields, removeField } from './contact-fields.ts';
import type { ContactRoutesDeps } from './routes.ts';
import * as schema from './schemas.ts';

const tags = ['Contact fields'];

/** The fields that a tenant's contacts have beside the usual ones. */
export function fieldRoutes(deps: Pick<ContactRoutesDeps, 'database' | 'linker'>): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/api/v1/contact-fields',
      {
        config: { access: 'contacts.read' },
        schema: {
          tags,
          summary: 'Your own fields of contacts, in the order they are shown.',
          response: { 200: z.object({ items: z.array(schema.field) }) },
        },
      },
      async ({ principal }) => ({ items: await deps.database.withTenant(principal.tenantId, listFields) }),
    );

    app.post(
      '/api/v1/contact-fields',
      {
        config: { access: 'contacts.fields' },
        schema: {
          tags,
          summary: 'Adds a field.',
          body: schema.newField,
          response: { 201: z.object({ id: z.string(), key: z.string() }) },
        },
      },
      async ({ principal, body }, reply) => {
        const made = await deps.database.withTenant(principal.tenantId, (tx) => {
          tx.afterCommit(() => deps.linker.signal(tx.tenantId));
          return addField(tx, principal, body);
        });
        return reply.code(201).send(made);
      },
    );

    app.patch(
      '/api/v1/contact-fields/:id',
      {
        config: { access: 'contacts.fields' },
        schema: {
          tags,
          summary: 'Renames a field, changes its choices or its place.',
          params: schema.params,
          body: schema.fieldChange,
          response: { 204: noContent },
        },
      },
      async ({ principal, params, body }, reply) => {
        await deps.database.withTenant(principal.tenantId, (tx) => {
          tx.afterCommit(() => deps.linker.signal(tx.tenantId));
          return changeField(tx, principal, params.id, body);
        });
        return reply.code(204).send(null);
      },
    );

    app.delete(
      '/api/v1/contact-fields/:id',
      {
        config: { access: 'contacts.fields' },
        schema: {
          tags,
          summary: 'Takes a field away. Its values stay, and show again when a field of the same key is added.',
          params: schema.params,
          response: { 204: noContent },
        },
      },
      async ({ principal, params }, reply) => {
        await deps.database.withTenant(principal.tenantId, (tx) => {
          tx.afterCommit(() => deps.linker.signal(tx.tenantId));
          return removeField(tx, principal, params.id);
        });
        return reply.code(204).send(null);
      },
    );
  };
}

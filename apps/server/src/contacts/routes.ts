import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Database } from '../platform/database/doors.ts';
import { ApiError } from '../platform/http/api-error.ts';
import { actorOf } from '../platform/http/principal.ts';
import { uuid } from '../platform/http/schemas.ts';
import { readContact } from './read-contact.ts';
import { type RenameDeps, renameContact } from './rename-contact.ts';

const params = z.strictObject({ id: uuid });

const flag = z
  .object({
    set: z.boolean(),
    source: z.string(),
    reason: z.string().nullable(),
    by: z.string().nullable(),
    at: z.string(),
  })
  .nullable()
  .describe('null: never set.');

const contactSchema = z.object({
  id: z.string(),
  name: z.string().nullable(),
  createdAt: z.string(),
  addresses: z.array(
    z.object({ address: z.string(), channel: z.literal('sms'), dnc: z.object({ sms: flag, voice: flag }) }),
  ),
  events: z.array(z.object({ id: z.string(), kind: z.string(), at: z.string(), text: z.string() })),
});

export function contactRoutes(deps: { database: Database } & RenameDeps): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/api/v1/contacts/:id',
      {
        config: { access: 'contacts.read' },
        schema: {
          tags: ['Contacts'],
          summary: 'A person: names, numbers, what they asked us.',
          params,
          response: { 200: contactSchema },
        },
      },
      async (request) => {
        const contact = await readContact(deps.database, request.principal.tenantId, request.params.id.toLowerCase());
        if (contact === null) throw new ApiError('not_found');
        return contact;
      },
    );

    app.patch(
      '/api/v1/contacts/:id',
      {
        config: { access: 'contacts.edit' },
        schema: {
          tags: ['Contacts'],
          summary: 'Change the name. null takes it away.',
          params,
          body: z.strictObject({ name: z.string().trim().min(1).max(200).nullable() }),
          response: { 200: contactSchema },
        },
      },
      async (request) => {
        const { tenantId } = request.principal;
        const id = request.params.id.toLowerCase();
        await renameContact(deps, {
          tenantId,
          contactId: id,
          name: request.body.name,
          actor: actorOf(request.principal),
        });
        const contact = await readContact(deps.database, tenantId, id);
        if (contact === null) throw new ApiError('not_found');
        return contact;
      },
    );
  };
}

import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { SignIn } from '../platform/auth/sign-in.ts';
import { ApiError } from '../platform/http/api-error.ts';
import { actorOf, type Principal } from '../platform/http/principal.ts';
import { noContent, refusals, uuid } from '../platform/http/schemas.ts';
import { appendAddressAudit } from './address-audit.ts';
import { type ContactDeps, changeContact, lockContact } from './change-contact.ts';
import { normalAddresses } from './contact-input.ts';
import { claimAddress, createContact } from './create-contact.ts';
import { deleteContact, restoreContact } from './delete-contact.ts';
import { fieldRoutes } from './field-routes.ts';
import { mergeRoutes } from './merge-routes.ts';
import { noteRoutes } from './note-routes.ts';
import { withOwners } from './owners.ts';
import { readContact } from './read-contact.ts';
import * as schema from './schemas.ts';
import { searchRoutes } from './search-routes.ts';

export interface ContactRoutesDeps extends ContactDeps {
  signIn: Pick<SignIn, 'people'>;
}

const tags = ['Contacts'];

/** People and companies: found, made, changed, merged. */
export function contactRoutes(deps: ContactRoutesDeps): FastifyPluginAsyncZod {
  return async (app) => {
    await app.register(searchRoutes(deps));
    await app.register(mergeRoutes(deps));
    await app.register(oneContactRoutes(deps));
    await app.register(noteRoutes(deps));
    await app.register(fieldRoutes(deps));
  };
}

function oneContactRoutes(deps: ContactRoutesDeps): FastifyPluginAsyncZod {
  const shown = async (principal: Principal, id: string) => {
    const found = await readContact(deps.database, principal.tenantId, id);
    if (found === null) throw new ApiError('not_found');
    const [contact] = await withOwners(deps.signIn, [found]);
    return contact as NonNullable<typeof contact>;
  };
  return async (app) => {
    app.post(
      '/api/v1/contacts',
      {
        config: { access: 'contacts.edit' },
        schema: {
          tags,
          summary: 'Makes a contact.',
          body: z.strictObject({
            name: schema.name.nullable().default(null),
            type: schema.type.default('lead'),
            company: schema.company.nullable().default(null),
            ownerId: uuid.nullable().default(null),
            addresses: z.array(schema.address).max(20).default([]),
            tags: schema.tags.default([]),
            custom: schema.custom.default({}),
          }),
          response: { 201: z.object({ id: z.string() }), ...refusals('address_taken') },
        },
      },
      async ({ principal, body }, reply) => {
        const made = await deps.database.withTenant(principal.tenantId, (tx) => {
          tx.afterCommit(() => deps.linker.signal(tx.tenantId));
          return createContact(tx, principal, body);
        });
        return reply.code(201).send(made);
      },
    );

    app.get(
      '/api/v1/contacts/:id',
      {
        config: { access: 'contacts.read' },
        schema: {
          tags,
          summary: 'A contact: names, numbers, what they asked us.',
          params: schema.params,
          response: { 200: schema.contact },
        },
      },
      async ({ principal, params }) => shown(principal, params.id),
    );

    app.patch(
      '/api/v1/contacts/:id',
      {
        config: { access: 'contacts.edit' },
        schema: {
          tags,
          summary: 'Changes a contact. What is left out stays as it is; null takes away.',
          params: schema.params,
          body: z.strictObject({
            name: schema.name.nullable().optional(),
            type: schema.type.optional(),
            company: schema.company.nullable().optional(),
            ownerId: uuid.nullable().optional(),
            tags: schema.tags.optional(),
            custom: schema.custom.optional(),
          }),
          response: { 200: schema.contact },
        },
      },
      async ({ principal, params, body }) => {
        const of = { tenantId: principal.tenantId, contactId: params.id, actor: actorOf(principal) };
        await changeContact(deps, of, body);
        return shown(principal, params.id);
      },
    );

    for (const [method, verb, summary] of [
      [
        'DELETE',
        deleteContact,
        'Takes a contact out of lists and searches. It comes back when the person writes again.',
      ],
      ['POST', restoreContact, 'Brings a deleted contact back.'],
    ] as const) {
      app.route({
        method,
        url: method === 'DELETE' ? '/api/v1/contacts/:id' : '/api/v1/contacts/:id/restore',
        config: { access: 'contacts.delete' },
        schema: { tags, summary, params: schema.params, response: { 204: noContent } },
        handler: async ({ principal, params }, reply) => {
          await deps.database.withTenant(principal.tenantId, (tx) => {
            tx.afterCommit(() => deps.linker.signal(tx.tenantId));
            return verb(tx, principal, (params as { id: string }).id);
          });
          return reply.code(204).send(null);
        },
      });
    }

    app.post(
      '/api/v1/contacts/:id/addresses',
      {
        config: { access: 'contacts.edit' },
        schema: {
          tags,
          summary: 'Gives a contact another number or e-mail address.',
          params: schema.params,
          body: schema.address,
          response: { 200: schema.contact, ...refusals('address_taken') },
        },
      },
      async ({ principal, params, body }) => {
        await deps.database.withTenant(principal.tenantId, async (tx) => {
          await lockContact(tx, params.id);
          const [address] = normalAddresses([body], '');
          if (address === undefined) return;
          await claimAddress(tx, params.id, address);
          await appendAddressAudit(tx, deps, principal, { contactId: params.id, added: address.address });
        });
        return shown(principal, params.id);
      },
    );

    app.delete(
      '/api/v1/contacts/:id/addresses/:channel/:address',
      {
        config: { access: 'contacts.edit' },
        schema: {
          tags,
          summary: 'Takes a number or e-mail address from a contact. Its conversations and flags stay.',
          params: z.strictObject({ id: uuid, channel: schema.channel, address: z.string().max(254) }),
          response: { 200: schema.contact },
        },
      },
      async ({ principal, params }) => {
        await deps.database.withTenant(principal.tenantId, async (tx) => {
          await lockContact(tx, params.id);
          const gone = await tx.first(
            `delete from contact_addresses where tenant_id = $1 and contact_id = $2 and channel = $3 and address = $4
             returning 1`,
            [tx.tenantId, params.id, params.channel, params.address],
          );
          if (gone === null) throw new ApiError('not_found');
          await appendAddressAudit(tx, deps, principal, { contactId: params.id, removed: params.address });
        });
        return shown(principal, params.id);
      },
    );
  };
}

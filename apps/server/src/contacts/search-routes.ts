import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { optionalParam, uuid } from '../platform/http/schemas.ts';
import { decodeContactCursor, encodeContactCursor } from './contact-cursor.ts';
import { shown, withOwners } from './owners.ts';
import type { ContactRoutesDeps } from './routes.ts';
import * as schema from './schemas.ts';
import { searchContacts } from './search-contacts.ts';

const CONTACTS_A_PAGE = 50;

/** Of the United States and Canada: see HOME_REGION. */
const HOME_CALLING_CODE = '1';

/** Finding contacts, and the tags they have. */
export function searchRoutes(deps: ContactRoutesDeps): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/api/v1/contacts',
      {
        config: { access: 'contacts.read' },
        schema: {
          tags: ['Contacts'],
          summary: 'Finds contacts as one types; without a search the newest first.',
          querystring: z.strictObject({
            q: z
              .string()
              .max(200)
              .default('')
              .describe('Beginnings of words of name or company, or the beginning of a number or e-mail address.'),
            type: optionalParam(schema.type),
            tag: optionalParam(schema.tag),
            owner: optionalParam(uuid),
            cursor: optionalParam(z.string().max(500)),
            limit: optionalParam(z.coerce.number().int().min(1).max(100)).describe('50 if left out.'),
          }),
          response: {
            200: z.object({
              items: z.array(schema.foundContact),
              nextCursor: z.string().nullable(),
              total: z.number().nullable().describe('Null where counting would take longer than finding.'),
            }),
          },
        },
      },
      async ({ principal, query }) => {
        const page = await deps.database.withTenant(principal.tenantId, (tx) =>
          searchContacts(
            tx,
            {
              q: query.q,
              type: query.type ?? null,
              tag: query.tag ?? null,
              ownerId: query.owner ?? null,
              after: query.cursor === undefined ? null : decodeContactCursor(query.cursor),
              limit: query.limit ?? CONTACTS_A_PAGE,
            },
            HOME_CALLING_CODE,
          ),
        );
        const items = await withOwners(deps.signIn, page.items);
        return {
          items: items.map(shown),
          nextCursor: page.next === null ? null : encodeContactCursor(page.next),
          total: page.total,
        };
      },
    );

    app.get(
      '/api/v1/contact-tags',
      {
        config: { access: 'contacts.read' },
        schema: {
          tags: ['Contacts'],
          summary: 'The tags that contacts have, with how many have each.',
          response: { 200: z.object({ items: z.array(z.object({ name: z.string(), count: z.number() })) }) },
        },
      },
      async ({ principal }) => ({
        items: await deps.database.withTenant(principal.tenantId, (tx) =>
          tx.query<{ name: string; count: number }>(
            `select substr(word, 2) as name, count(*)::int as count from contact_words
             where tenant_id = $1 and word >= '#' and word < '$' group by word order by word limit 500`,
            [tx.tenantId],
          ),
        ),
      }),
    );
  };
}

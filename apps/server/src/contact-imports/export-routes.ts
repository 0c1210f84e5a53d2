import { Readable } from 'node:stream';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { type ContactFilter, listFields, searchContacts } from '../contacts/index.ts';
import { appendAudit } from '../platform/audit/append.ts';
import { actorOf } from '../platform/http/principal.ts';
import { optionalParam, uuid } from '../platform/http/schemas.ts';
import { writeRow } from './csv.ts';
import { type ExportedContact, exportHeader, exportRow } from './export-row.ts';
import type { ImportDeps } from './run-import.ts';

const ROWS_AT_ONCE = 500;

/** Contacts as a file that can be imported again. */
export const exportRoutes =
  (deps: ImportDeps): FastifyPluginAsyncZod =>
  async (app) => {
    app.get(
      '/api/v1/contacts/export',
      {
        config: { access: 'contacts.export' },
        schema: {
          tags: ['Contact imports'],
          summary: 'The contacts that a search finds, as CSV.',
          description: 'No cell is taken for a formula by a spreadsheet program; importing the file again undoes that.',
          querystring: z.strictObject({
            q: z.string().max(200).default(''),
            type: optionalParam(z.enum(['lead', 'customer'])),
            tag: optionalParam(z.string().trim().min(1).max(40)),
            owner: optionalParam(uuid),
          }),
          response: { 200: z.unknown().describe('The contacts, as text/csv.') },
        },
      },
      async ({ principal, query }, reply) => {
        const { tenantId } = principal;
        const filter = {
          q: query.q,
          type: query.type ?? null,
          tag: query.tag ?? null,
          ownerId: query.owner ?? null,
          limit: ROWS_AT_ONCE,
        };
        const fields = await deps.database.withTenant(tenantId, async (tx) => {
          await appendAudit(tx, [
            { kind: 'contacts.exported', subject: tenantId, actor: actorOf(principal), payload: { filter } },
          ]);
          tx.afterCommit(() => deps.linker.signal(tenantId));
          return listFields(tx);
        });
        async function* lines() {
          yield `\ufeff${writeRow(exportHeader(fields))}`;
          let after: ContactFilter['after'] = null;
          do {
            const { page, more } = await readPage(deps, tenantId, { ...filter, after });
            const people = await deps.signIn.people(page.flatMap(({ ownerId }) => ownerId ?? []));
            yield page
              .map((contact) => writeRow(exportRow(contact, fields, people.get(contact.ownerId ?? '')?.email ?? '')))
              .join('');
            after = more;
          } while (after !== null);
        }
        return reply
          .header('content-type', 'text/csv; charset=utf-8')
          .header('content-disposition', 'attachment; filename="contacts.csv"')
          .send(Readable.from(lines()));
      },
    );
  };

function readPage(deps: ImportDeps, tenantId: string, filter: ContactFilter) {
  return deps.database.withTenant(tenantId, async (tx) => {
    const { items, next } = await searchContacts(tx, filter, '1');
    const custom = await tx.query<{ id: string; custom: Record<string, unknown> }>(
      'select id, custom from contacts where tenant_id = $1 and id = any($2)',
      [tenantId, items.map(({ id }) => id)],
    );
    const byId = new Map(custom.map(({ id, custom: values }) => [id, values]));
    const page = items.map((item): ExportedContact => ({ ...item, custom: byId.get(item.id) ?? {} }));
    return { page, more: next };
  });
}

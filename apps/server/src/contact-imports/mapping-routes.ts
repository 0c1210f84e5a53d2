import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { ApiError } from '../platform/http/api-error.ts';
import { idParams, noContent } from '../platform/http/schemas.ts';
import type { ImportDeps } from './run-import.ts';

const tags = ['Contact imports'];

/** What columns meant in earlier files. */
export const mappingRoutes =
  (deps: Pick<ImportDeps, 'database'>): FastifyPluginAsyncZod =>
  async (app) => {
    const config = { access: 'contacts.import' as const };

    app.get(
      '/api/v1/contact-mappings',
      {
        config,
        schema: {
          tags,
          summary: 'The mappings that were saved, by name.',
          response: {
            200: z.object({
              items: z.array(
                z.object({
                  id: z.string(),
                  name: z.string(),
                  columns: z.array(z.object({ heading: z.string(), target: z.string() })),
                }),
              ),
            }),
          },
        },
      },
      async ({ principal }) => ({
        items: await deps.database.withTenant(principal.tenantId, (tx) =>
          tx.query<{ id: string; name: string; columns: Array<{ heading: string; target: string }> }>(
            'select id, name, columns from contact_mappings where tenant_id = $1 order by lower(name), id',
            [tx.tenantId],
          ),
        ),
      }),
    );

    app.delete(
      '/api/v1/contact-mappings/:id',
      { config, schema: { tags, summary: 'Forgets a mapping.', params: idParams, response: { 204: noContent } } },
      async ({ principal, params }, reply) => {
        const gone = await deps.database.withTenant(principal.tenantId, (tx) =>
          tx.first('delete from contact_mappings where tenant_id = $1 and id = $2 returning 1', [
            tx.tenantId,
            params.id,
          ]),
        );
        if (gone === null) throw new ApiError('not_found');
        return reply.code(204).send(null);
      },
    );
  };

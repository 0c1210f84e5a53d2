import type { Readable } from 'node:stream';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import { listFields } from '../contacts/index.ts';
import { ApiError } from '../platform/http/api-error.ts';
import { actorName } from '../platform/http/principal.ts';
import { idParams, isoTime, noContent, refusals } from '../platform/http/schemas.ts';
import { shapeOf } from './csv.ts';
import { MOST_FILE_BYTES } from './import-files.ts';
import { canStart, findImport, type ImportRecord, listImports, runs } from './import-records.ts';
import { savedTargets, suggestMapping } from './mapping.ts';
import { mappingRoutes } from './mapping-routes.ts';
import { problemLines } from './problem-lines.ts';
import type { ImportDeps } from './run-import.ts';
import { cancelImport, startImport } from './start-import.ts';

const tags = ['Contact imports'];

const mapping = z
  .array(z.strictObject({ column: z.number().int().min(0).max(199), target: z.string().max(60).nullable() }))
  .max(200)
  .describe('What each column means: name, type, company, owner, tags, phone, email, note, or `field:` and a key.');

const record = z.object({
  id: z.string(),
  name: z.string(),
  status: z.enum(['uploaded', 'checking', 'checked', 'importing', 'done', 'canceled', 'failed']),
  header: z.array(z.string()),
  preview: z.array(z.array(z.string())),
  encoding: z.string(),
  delimiter: z.string(),
  mapping: mapping.nullable(),
  whenKnown: z.enum(['update', 'skip']).nullable(),
  rows: z.object({
    total: z.number().nullable().describe('Known once the file was read to its end.'),
    done: z.number(),
    created: z.number(),
    updated: z.number(),
    unchanged: z.number(),
    failed: z.number(),
  }),
  bytes: z.object({ total: z.number(), done: z.number() }),
  createdAt: isoTime,
  startedAt: isoTime.nullable(),
  endedAt: isoTime.nullable(),
  error: z.string().nullable(),
  canceling: z.boolean(),
  canStart: z.boolean(),
});

/** Contacts from files: upload, say what the columns mean, look, import. */
export const importRoutes =
  (deps: ImportDeps): FastifyPluginAsyncZod =>
  async (app) => {
    const config = { access: 'contacts.import' as const };
    // Only here: the file is handed on as it comes in, and never held whole.
    for (const type of ['text/csv', 'text/plain', 'application/octet-stream', 'application/vnd.ms-excel']) {
      app.addContentTypeParser(type, { bodyLimit: MOST_FILE_BYTES }, (_request, stream, done) => done(null, stream));
    }
    await app.register(mappingRoutes(deps));

    app.post(
      '/api/v1/contact-imports',
      {
        config,
        bodyLimit: MOST_FILE_BYTES,
        schema: {
          tags,
          summary: 'Uploads a file with a table: CSV with a row of headings, up to 1 GB.',
          description:
            'The body is the file itself with Content-Type text/csv. Commas, semicolons, tabs and bars are known.',
          consumes: ['text/csv'],
          querystring: z.strictObject({ name: z.string().trim().min(1).max(200).describe('The file’s name.') }),
          response: {
            201: record.extend({ suggestedMapping: mapping }),
            ...refusals('payload_too_large', 'unsupported_media_type'),
          },
        },
      },
      async (request, reply) => {
        const { principal, query } = request;
        const body = (request as { body: unknown }).body as Readable | undefined;
        if (body === undefined || typeof body.pipe !== 'function') {
          throw new ApiError('unsupported_media_type', { message: 'Send the file itself, as text/csv.' });
        }
        const id = uuidv7();
        const file = await deps.files.put(principal.tenantId, id, body);
        try {
          const shape = shapeOf(file.sample);
          const made = await deps.database.withTenant(principal.tenantId, async (tx) => {
            await tx.query(
              `insert into contact_imports (tenant_id, id, name, bytes, sha256, encoding, delimiter, header, preview,
                 created_by, actor)
               values ($1, $2, $3, $4, $5, $6, $7, $8::jsonb, $9::jsonb, $10, $11)`,
              [
                tx.tenantId,
                id,
                query.name,
                file.bytes,
                file.sha256,
                file.encoding,
                shape.delimiter,
                JSON.stringify(shape.header),
                JSON.stringify(shape.preview),
                principal.kind === 'person' ? principal.userId : null,
                actorName(principal),
              ],
            );
            const fields = await listFields(tx);
            const suggestedMapping = suggestMapping(shape.header, fields, await savedTargets(tx, shape.header));
            return { found: await findImport(tx, id), suggestedMapping };
          });
          if (made.found === null) throw new Error('A new import is not there');
          return reply.code(201).send({ ...shown(made.found), suggestedMapping: made.suggestedMapping });
        } catch (error) {
          await deps.files.remove(principal.tenantId, id);
          throw error;
        }
      },
    );

    app.get(
      '/api/v1/contact-imports',
      {
        config,
        schema: {
          tags,
          summary: 'The imports there were, newest first, up to 100.',
          response: { 200: z.object({ items: z.array(record) }) },
        },
      },
      async ({ principal }) => ({
        items: (await deps.database.withTenant(principal.tenantId, listImports)).map(shown),
      }),
    );

    app.get(
      '/api/v1/contact-imports/:id',
      {
        config,
        schema: {
          tags,
          summary: 'How far an import is, and what its columns probably mean.',
          params: idParams,
          response: { 200: record.extend({ suggestedMapping: mapping }) },
        },
      },
      async ({ principal, params }) =>
        deps.database.withTenant(principal.tenantId, async (tx) => {
          const found = await findImport(tx, params.id);
          if (found === null) throw new ApiError('not_found');
          const suggestedMapping = suggestMapping(
            found.header,
            await listFields(tx),
            await savedTargets(tx, found.header),
          );
          return { ...shown(found), suggestedMapping };
        }),
    );

    app.post(
      '/api/v1/contact-imports/:id/start',
      {
        config,
        schema: {
          tags,
          summary: 'Starts an import, or a dry run of it that changes nothing.',
          params: idParams,
          body: z.strictObject({
            mapping,
            dryRun: z.boolean(),
            whenKnown: z
              .enum(['update', 'skip'])
              .default('update')
              .describe('What to do with contacts that are there.'),
            saveMappingAs: z.string().trim().min(1).max(80).optional(),
          }),
          response: { 204: noContent, ...refusals('import_running') },
        },
      },
      async ({ principal, params, body }, reply) => {
        await deps.database.withTenant(principal.tenantId, (tx) => {
          tx.afterCommit(() => deps.linker.signal(tx.tenantId));
          return startImport(tx, principal, params.id, body);
        });
        return reply.code(204).send(null);
      },
    );

    app.post(
      '/api/v1/contact-imports/:id/cancel',
      {
        config,
        schema: {
          tags,
          summary: 'Stops an import. What was stored stays.',
          params: idParams,
          response: { 204: noContent },
        },
      },
      async ({ principal, params }, reply) => {
        await deps.database.withTenant(principal.tenantId, (tx) => cancelImport(tx, params.id));
        return reply.code(204).send(null);
      },
    );

    app.get(
      '/api/v1/contact-imports/:id/errors',
      {
        config,
        schema: {
          tags,
          summary:
            'The rows that were not taken, as CSV, each with what is wrong: correct them and import the file again.',
          params: idParams,
          response: { 200: z.unknown().describe('The rows, as text/csv.') },
        },
      },
      async ({ principal, params }, reply) => {
        const found = await deps.database.withTenant(principal.tenantId, (tx) => findImport(tx, params.id));
        if (found === null) throw new ApiError('not_found');
        const name = encodeURIComponent(`${found.name.replace(/\.\w+$/, '')} to correct.csv`);
        return reply
          .header('content-type', 'text/csv; charset=utf-8')
          .header('content-disposition', `attachment; filename*=UTF-8''${name}`)
          .send(problemLines(deps.database, principal.tenantId, found));
      },
    );

    app.delete(
      '/api/v1/contact-imports/:id',
      {
        config,
        schema: {
          tags,
          summary: 'Forgets an import and its file. The contacts stay.',
          params: idParams,
          response: { 204: noContent, ...refusals('import_running') },
        },
      },
      async ({ principal, params }, reply) => {
        await deps.database.withTenant(principal.tenantId, async (tx) => {
          const found = await findImport(tx, params.id, 'lock');
          if (found === null) throw new ApiError('not_found');
          if (runs(found.status)) throw new ApiError('import_running');
          await tx.query('delete from contact_imports where tenant_id = $1 and id = $2', [tx.tenantId, params.id]);
        });
        await deps.files.remove(principal.tenantId, params.id);
        return reply.code(204).send(null);
      },
    );
  };

function shown(found: ImportRecord) {
  return {
    id: found.id,
    name: found.name,
    status: found.status,
    header: found.header,
    preview: found.preview,
    encoding: found.encoding,
    delimiter: found.delimiter,
    mapping: found.mapping,
    whenKnown: found.whenKnown,
    rows: {
      total: found.rowsTotal,
      done: found.rowsDone,
      created: found.created,
      updated: found.updated,
      unchanged: found.unchanged,
      failed: found.failed,
    },
    bytes: { total: found.bytes, done: Math.min(found.bytesDone, found.bytes) },
    createdAt: found.createdAt.toISOString(),
    startedAt: found.startedAt?.toISOString() ?? null,
    endedAt: found.endedAt?.toISOString() ?? null,
    error: found.error,
    canceling: found.cancelRequested,
    canStart: canStart(found.status),
  };
}

import type { FastifyInstance, FastifyReply } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import type { Database } from '../platform/database/doors.ts';
import type { SeenTeams } from '../platform/database/visible-threads.ts';
import { ApiError } from '../platform/http/api-error.ts';
import { teamsSeenBy } from '../platform/http/principal.ts';
import { refusals, uuid } from '../platform/http/schemas.ts';
import { type MediaLinks, PUBLIC_MEDIA_PATH } from './media-links.ts';
import { findMedia, insertUpload } from './media-records.ts';
import type { MediaStore } from './media-store.ts';
import { mediaTypeOf } from './media-type.ts';

export interface MediaRoutesDeps {
  database: Database;
  media: MediaStore;
  mediaLinks: MediaLinks;
}

/** Bytes of one file, and of all that go with one text: what Twilio takes. */
export const MOST_MEDIA_BYTES = 5_000_000;

/** What a browser shows without running anything in it. */
const SHOWN = /^(image\/(jpeg|png|gif|webp)|video\/|audio\/)/;

export function mediaRoutes(deps: MediaRoutesDeps): FastifyPluginAsyncZod {
  return async (app) => {
    // Only here: every other route takes JSON alone.
    app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: MOST_MEDIA_BYTES }, (_request, bytes, done) =>
      done(null, bytes),
    );

    app.post(
      '/api/v1/media',
      {
        config: { access: 'threads.answer' },
        bodyLimit: MOST_MEDIA_BYTES,
        schema: {
          tags: ['Messages'],
          summary: 'Store a picture or file, to be sent with a text.',
          description:
            'The body is the file itself with its Content-Type: pictures, short films and sounds, PDF, contact cards, calendar entries; at most 5 MB. POST /api/v1/messages names it in mediaIds.',
          consumes: ['application/octet-stream'],
          querystring: z.strictObject({ name: z.string().max(200).optional().describe('The file’s name.') }),
          response: {
            201: z.object({
              id: z.string(),
              contentType: z.string().describe('What the bytes are, whatever they were said to be.'),
              bytes: z.number(),
              name: z.string().nullable(),
            }),
            ...refusals('payload_too_large', 'unsupported_media_type'),
          },
        },
      },
      async (request, reply) => {
        const { body } = request as { body: unknown };
        if (!Buffer.isBuffer(body) || body.length === 0) {
          throw new ApiError('invalid_input', { message: 'The body must be the file, and it must not be empty.' });
        }
        const contentType = await mediaTypeOf(body, request.headers['content-type'] ?? '');
        if (contentType === null) {
          throw new ApiError('unsupported_media_type', {
            message:
              'Carriers do not deliver such a file. Send a picture, a short film or sound, a PDF or a contact card.',
          });
        }
        const { tenantId } = request.principal;
        const sha256 = await deps.media.put(tenantId, body);
        const file = { id: uuidv7(), contentType, bytes: body.length, name: request.query.name?.trim() || null };
        await deps.database.withTenant(tenantId, (tx) => insertUpload(tx, { ...file, sha256 }));
        return reply.code(201).send(file);
      },
    );

    app.get(
      '/api/v1/media/:id',
      {
        config: { access: 'threads.read' },
        schema: {
          tags: ['Messages'],
          summary: 'The bytes of a picture or file.',
          description: 'Answers 404 while it is still being fetched from the carrier.',
          params: z.strictObject({ id: uuid }),
          response: { 200: z.unknown().describe('The file itself, under its own content type.') },
        },
      },
      async (request, reply) =>
        serve(deps, reply, {
          tenantId: request.principal.tenantId,
          id: request.params.id,
          teams: teamsSeenBy(request.principal),
        }),
    );
  };
}

/** Where carriers fetch what goes out: the address itself is the permission. */
export function publicMedia(app: FastifyInstance, deps: MediaRoutesDeps): void {
  const open = { config: { access: 'public' as const }, schema: { hide: true } };
  app.get<{ Params: { token: string } }>(`${PUBLIC_MEDIA_PATH}/:token`, open, async (request, reply) => {
    const name = deps.mediaLinks.read(request.params.token, Date.now());
    if (name === null) throw new ApiError('not_found');
    return serve(deps, reply, name);
  });
}

async function serve(
  { database, media }: MediaRoutesDeps,
  reply: FastifyReply,
  { tenantId, id, teams = null }: { tenantId: string; id: string; teams?: SeenTeams },
): Promise<FastifyReply> {
  const record = await database.withTenant(tenantId, (tx) => findMedia(tx, id, teams));
  if (record?.status !== 'stored' || record.sha256 === null) throw new ApiError('not_found');
  const disposition = SHOWN.test(record.content_type) ? 'inline' : 'attachment';
  const name = record.name === null ? '' : `; filename*=UTF-8''${encodeURIComponent(record.name)}`;
  return (
    reply
      .header('content-type', record.content_type)
      .header('content-length', record.bytes)
      .header('content-disposition', `${disposition}${name}`)
      // Its bytes never change; who may see it is asked again when the browser no longer has it.
      .header('cache-control', 'private, max-age=31536000, immutable')
      .header('etag', `"${record.sha256.toString('hex')}"`)
      .send(media.read(tenantId, record.sha256))
  );
}

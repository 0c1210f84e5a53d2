import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Context } from './context.ts';
import { ControlError } from './control/errors.ts';

/** Pictures larger than this are not shown on the handset page. Carriers take less. */
const LARGEST = 10 * 1024 * 1024;
const FETCH_MS = 10_000;

/** What an attachment must not do in a browser: be anything but itself. */
const HEADERS = {
  'content-security-policy': "default-src 'none'; sandbox",
  'x-content-type-options': 'nosniff',
  'cache-control': 'private, max-age=3600',
};

/** Pictures that handsets sent, at /emulator/media/{id}: where the carriers' media addresses lead. */
export function pictureRoutes(context: Context) {
  return async (app: FastifyInstance): Promise<void> => {
    app.get<{ Params: { id: string } }>('/:id', async (request, reply) => {
      const picture = context.pictures.get(request.params.id);
      if (!picture) return reply.code(404).type('text/plain').send('There is no such picture.');
      return reply.headers(HEADERS).type(picture.contentType).send(Buffer.from(picture.bytes));
    });
  };
}

/** The n-th attachment of a message, fetched as a phone would: only images, for the handset page. */
export async function sendAttachment(context: Context, sid: string, index: number, reply: FastifyReply): Promise<void> {
  const media = context.messages.bySid(sid)?.media[index];
  if (!media) throw new ControlError('not_found');
  const own = /\/emulator\/media\/([0-9a-f-]{36})$/.exec(media.url)?.[1];
  const stored = own ? context.pictures.get(own) : undefined;
  const { type, bytes } = stored
    ? { type: stored.contentType, bytes: Buffer.from(stored.bytes) }
    : await fetchPicture(media.url);
  if (!/^image\/(png|jpeg|gif|webp|avif|bmp)$/.test(type)) {
    throw new ControlError('no_picture', { contentType: type });
  }
  reply.headers(HEADERS).type(type).send(bytes);
}

async function fetchPicture(url: string): Promise<{ type: string; bytes: Buffer }> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(FETCH_MS) });
    const length = Number(response.headers.get('content-length') ?? 0);
    if (!response.ok || length > LARGEST) throw new Error(`answered ${response.status}, ${length} bytes`);
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of response.body ?? []) {
      size += chunk.byteLength;
      if (size > LARGEST) throw new Error(`more than ${LARGEST} bytes`);
      chunks.push(chunk);
    }
    const type = (response.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
    return { type, bytes: Buffer.concat(chunks) };
  } catch (error) {
    throw new ControlError('no_picture', { reason: error instanceof Error ? error.message : String(error) });
  }
}

import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { ApiError } from './api-error.ts';
import { pathOf } from './server.ts';

/** Addresses that are never the desk's, whatever is asked for there. */
const NOT_THE_DESK = /^\/(api|webhooks|assets)(\/|$)/;

const NOT_BUILT = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Patchline</title></head>
<body><h1>The desk is not built</h1>
<p>The server runs, but the pages it should show are missing. Run <code>npm start</code>, which builds them, or
<code>npm run build --workspace apps/web</code>, and reload.</p></body></html>
`;

/**
 * Serves the built desk from `dist`. Files under /assets carry a hash in their name and may be kept for ever; everything
 * else is asked for anew. An address without a file is one of the desk's own, so it gets the desk.
 */
export async function serveDesk(app: FastifyInstance, dist: string): Promise<void> {
  await app.register(fastifyStatic, { root: dist, serve: false, cacheControl: false });
  const assets = path.join(dist, 'assets');

  app.get('/*', { schema: { hide: true } }, async (request, reply) => {
    const asked = pathOf(request.url);
    const file = await fileUnder(dist, asked);
    if (file !== null && !/^\/api(\/|$)/.test(asked)) {
      const immutable = file.startsWith(assets + path.sep);
      reply.header('cache-control', immutable ? 'public, max-age=31536000, immutable' : 'no-cache');
      return reply.sendFile(path.relative(dist, file));
    }
    const wantsPage = asked === '/' || request.headers.accept?.includes('text/html') === true;
    if (NOT_THE_DESK.test(asked) || !wantsPage) throw new ApiError('not_found');
    reply.header('cache-control', 'no-cache').type('text/html; charset=utf-8');
    const page = await readFile(path.join(dist, 'index.html')).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw error;
    });
    return page === null ? reply.code(503).send(NOT_BUILT) : reply.send(page);
  });
}

/** The file that an address names inside `dist`, or null. */
async function fileUnder(dist: string, asked: string): Promise<string | null> {
  let decoded: string;
  try {
    decoded = decodeURIComponent(asked);
  } catch {
    // Not percent-encoding: it names no file.
    return null;
  }
  if (decoded.includes('\0') || decoded.split('/').some((part) => part.startsWith('.'))) return null;
  const file = path.join(dist, decoded);
  if (!file.startsWith(dist + path.sep)) return null;
  // No such file, a name too long, a file used as a folder: it names nothing that could be served.
  const found = await stat(file).catch(() => null);
  return found?.isFile() ? file : null;
}

import { readdirSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { Context } from '../context.ts';

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

const SECURITY_HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-cache',
};

const FOLDER = new URL('./assets/', import.meta.url);

/** The handset page: /handset, also at /. Its few files are read once at the start. */
export function pageRoutes(_context: Context) {
  return async (app: FastifyInstance): Promise<void> => {
    const files = new Map(readdirSync(FOLDER).map((name) => [name, readFileSync(new URL(name, FOLDER))]));
    app.addHook('onRequest', async (_request, reply) => {
      reply.headers(SECURITY_HEADERS);
    });
    const page = async (_request: unknown, reply: import('fastify').FastifyReply) =>
      reply.type(TYPES['.html'] as string).send(files.get('index.html'));
    app.get('/', page);
    app.get('/handset', page);
    app.get<{ Params: { file: string } }>('/handset/assets/:file', async (request, reply) => {
      const { file } = request.params;
      const content = files.get(file);
      const type = TYPES[extname(file)];
      if (!content || !type) return reply.code(404).type('text/plain').send('There is no such file.');
      return reply.type(type).send(content);
    });
    app.get('/favicon.ico', async (_request, reply) => reply.type('image/svg+xml').send(files.get('mark.svg')));
  };
}

import type { FastifyInstance } from 'fastify';
import { ApiError } from './api-error.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Bodies are JSON in UTF-8. No body at all is `undefined`, whatever its content type, so that a POST without fields may
 * be sent either way; bytes that are not UTF-8 are refused instead of becoming U+FFFD in somebody's text.
 */
export function acceptJson(app: FastifyInstance): void {
  // Fastify takes text/plain by itself, which a form on another site can send without asking.
  app.removeAllContentTypeParsers();
  addJsonParser(app, 'application/json');
}

/**
 * For routes that a page calls while it is being closed: `navigator.sendBeacon` can send text/plain without a
 * preflight. Call it inside a plugin of its own, so that no other route takes it.
 */
export function acceptBeacons(app: FastifyInstance): void {
  addJsonParser(app, 'text/plain');
}

function addJsonParser(app: FastifyInstance, contentType: string): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser(contentType, { parseAs: 'buffer' }, (request, bytes, done) => {
    if (bytes.length === 0) {
      done(null, undefined);
      return;
    }
    let text: string;
    try {
      text = utf8.decode(bytes as Buffer);
    } catch (cause) {
      done(new ApiError('invalid_input', { message: 'The body is not UTF-8.', cause }));
      return;
    }
    parse(request, text, done);
  });
}

import type {} from '@fastify/swagger';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { ApiError } from '../../platform/http/api-error.ts';
import type { DirectoryNumber, NumberDirectory } from '../number-directory.ts';
import type { WebhookHandler } from '../webhook-event.ts';
import { readEvent, type TelnyxMessage } from './payload.ts';
import { readSignature, signedByTelnyx, type TelnyxSignature } from './verify.ts';
import { eventFromTelnyx, type TelnyxRequest } from './webhook-event.ts';
import { TELNYX_PATH } from './webhook-urls.ts';

/** Telnyx's events are a few kilobytes. */
const BODY_LIMIT = 256 * 1024;

/** A text to a group names up to ten people; more are not looked up. */
const MOST_NAMED = 10;

interface DoorDeps {
  directory: NumberDirectory;
  log: Logger;
}

/**
 * The one door through which Telnyx's webhooks come in. A request counts as ours when a key of the account that owns the
 * number it names signed it, so an account that signs correctly for somebody else's number is refused.
 */
export function telnyxWebhookDoor(app: FastifyInstance, deps: DoorDeps, handle: WebhookHandler): void {
  app.register(async (door) => {
    // The signature counts every byte, so the body is taken raw, whatever it says it is.
    door.removeAllContentTypeParsers();
    door.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: BODY_LIMIT }, (_request, body, done) =>
      done(null, body),
    );
    door.post(TELNYX_PATH, { config: { access: 'webhook' }, schema: { hide: true } }, async (request, reply) => {
      const verified = await verify(deps, request);
      const event = eventFromTelnyx(verified);
      if (event === null) deps.log.info({ type: verified.event.type }, 'an event of Telnyx says nothing that we use');
      else await handle(event);
      return reply.code(200).send();
    });
  });
}

async function verify(deps: DoorDeps, request: FastifyRequest): Promise<TelnyxRequest> {
  const receivedAt = Date.now();
  const raw = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  const signature = readSignature(request.headers, receivedAt);
  if (signature === null) throw new ApiError('bad_signature');
  const event = readEvent(raw);
  const named = event === null ? [] : ourNumbersIn(event.type, event.message);

  let known = 0;
  for (const e164 of named) {
    let number = await deps.directory.find(e164);
    if (number === null) continue;
    known++;
    // The key may have been replaced a moment ago by another process.
    if (!holds(number, signature, raw)) number = await deps.directory.find(e164, { fresh: true });
    if (event !== null && number !== null && holds(number, signature, raw)) {
      const contentType = request.headers['content-type'] ?? '';
      return { event, number, raw, contentType, url: request.url, receivedAt };
    }
  }
  if (known === 0 && signedByTelnyx(await deps.directory.webhookKeys('telnyx'), signature, raw)) {
    throw new ApiError('unknown_number');
  }
  deps.log.warn({ path: TELNYX_PATH }, 'a webhook was refused: its signature does not fit the number');
  throw new ApiError('bad_signature');
}

function holds(number: DirectoryNumber, signature: TelnyxSignature, raw: Buffer): boolean {
  return number.account.carrier === 'telnyx' && signedByTelnyx(number.account.webhookKeys, signature, raw);
}

/** The numbers of which one should be ours: the recipients of what came in, the sender of what went out. */
function ourNumbersIn(type: string, message: TelnyxMessage): string[] {
  const inbound = type === 'message.received' || message.direction === 'inbound';
  const named = inbound ? [...message.to, ...message.cc].map(({ phoneNumber }) => phoneNumber) : [message.from];
  return [...new Set(named)].filter((e164) => e164.startsWith('+')).slice(0, MOST_NAMED);
}

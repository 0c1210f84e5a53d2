import type {} from '@fastify/swagger';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { ApiError } from '../../platform/http/api-error.ts';
import type { DirectoryNumber, NumberDirectory } from '../number-directory.ts';
import { type FormParams, param, parseForm, signedByTwilio } from './verify.ts';

/** A webhook whose signature was made with the credential of the number it names. */
export interface VerifiedWebhook {
  number: DirectoryNumber;
  params: FormParams;
  query: URLSearchParams;
  /** The body as it came. */
  raw: Buffer;
  contentType: string;
  /** Twilio's mark of this event, the same on its repeats as far as it keeps to that; '' when there is none. */
  retryToken: string;
  /** Unix milliseconds. */
  receivedAt: number;
}

export interface WebhookRoute {
  path: string;
  /** Which parameter names our number: `To` for texts that come in, `From` for reports on those that went out. */
  ourNumber: 'To' | 'From';
  /** Must have stored everything when it resolves: after it the carrier is told that the webhook was taken. */
  handle(webhook: VerifiedWebhook): Promise<void>;
  /** TwiML is expected for texts, nothing for reports; a text answer would be sent to the customer. */
  answer: 'twiml' | 'none';
}

/** Carriers' forms are a few kilobytes; MMS with ten pictures stays under it by far. */
const BODY_LIMIT = 256 * 1024;

/** The one door through which Twilio's webhooks come in. */
export function twilioWebhookDoor(
  app: FastifyInstance,
  deps: { directory: NumberDirectory; publicUrl: string; log: Logger },
  routes: readonly WebhookRoute[],
): void {
  app.register(async (door) => {
    // The signature counts every byte, so the body is taken raw, whatever it says it is.
    door.removeAllContentTypeParsers();
    door.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: BODY_LIMIT }, (_request, body, done) =>
      done(null, body),
    );
    for (const route of routes) {
      door.post(route.path, { config: { access: 'webhook' }, schema: { hide: true } }, async (request, reply) => {
        const webhook = await verify(deps, route, request);
        await route.handle(webhook);
        return answer(reply, route.answer);
      });
    }
  });
}

async function verify(
  deps: { directory: NumberDirectory; publicUrl: string; log: Logger },
  route: WebhookRoute,
  request: FastifyRequest,
): Promise<VerifiedWebhook> {
  const receivedAt = Date.now();
  const raw = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  const params = parseForm(raw);
  const url = deps.publicUrl + request.url;
  const header = request.headers['x-twilio-signature'];
  const signature = Array.isArray(header) ? header[0] : header;
  const named = param(params, route.ourNumber);
  const accountRef = param(params, 'AccountSid');

  let number = await deps.directory.find(named);
  if (number === null) {
    const accounts = await deps.directory.accounts('twilio', accountRef);
    const known = accounts.some((account) => signedByTwilio(account.authTokens, signature, url, params));
    throw new ApiError(known ? 'unknown_number' : 'bad_signature');
  }
  const holds = (candidate: DirectoryNumber) =>
    candidate.account.carrier === 'twilio' &&
    candidate.account.accountRef === accountRef &&
    signedByTwilio(candidate.account.authTokens, signature, url, params);
  if (!holds(number)) {
    // The credential may have been rotated a moment ago by another process.
    number = await deps.directory.find(named, { fresh: true });
    if (number === null || !holds(number)) {
      deps.log.warn(
        { path: route.path, accountRef },
        'a webhook was refused: signature or account do not fit the number',
      );
      throw new ApiError('bad_signature');
    }
  }
  return {
    number,
    params,
    query: new URL(url).searchParams,
    raw,
    contentType: request.headers['content-type'] ?? '',
    retryToken: String(request.headers['i-twilio-idempotency-token'] ?? ''),
    receivedAt,
  };
}

function answer(reply: FastifyReply, kind: WebhookRoute['answer']): FastifyReply {
  if (kind === 'none') return reply.code(204).send();
  return reply.code(200).type('text/xml').send('<?xml version="1.0" encoding="UTF-8"?><Response/>');
}

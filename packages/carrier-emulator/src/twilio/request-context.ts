import type { FastifyRequest } from 'fastify';
import type { Context } from '../context.ts';
import type { Account } from '../store/accounts.ts';
import { TwilioError } from './errors.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The account whose credentials came with the request. */
    account: Account | null;
    /** What happened, in words, for the request log. */
    what: string;
    beganAt: number;
    /** The message it was about. */
    messageSid: string | null;
    /** First part of the answer, for the request log. */
    answered: string;
  }
}

export function notFound(request: FastifyRequest): TwilioError {
  const path = request.url.split('?')[0];
  return new TwilioError(20404, `The requested resource ${path} was not found`);
}

/** Writes the request log's line. Called for answered requests, and by faults for those that never are. */
export function logRequest(context: Context, request: FastifyRequest, status: number | null): void {
  context.log.add({
    at: request.beganAt,
    way: 'from-app',
    method: request.method,
    path: request.url.replace(/^\/2010-04-01\/Accounts\/AC[0-9a-fA-F]{32}(?=[/.])/, ''),
    url: `${context.url()}${request.url}`,
    status,
    tookMs: Math.max(0, context.clock.now() - request.beganAt),
    what: request.what,
    accountSid: request.account?.sid ?? null,
    messageSid: request.messageSid,
    signature: request.account ? 'valid' : 'invalid',
    signed: null,
    params: (request.body ?? {}) as Record<string, string | string[]>,
    answer: request.answered,
  });
}

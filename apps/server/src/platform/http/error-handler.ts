import type { ErrorCode } from '@patchline/contracts/errors';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { isDatabaseUnreachable } from '../database/unreachable.ts';
import { HotTierUnavailable } from '../hot/hot-gateway.ts';
import { ApiError } from './api-error.ts';

/** Turns whatever a route threw into an answer from the catalogue. What is our fault is logged in full, and only there. */
export function handleError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const refusal = toApiError(error);
  if (refusal.status >= 500) {
    request.log.error({ err: error, code: refusal.code }, 'a request failed');
    sendError(reply, withRequestId(refusal, request.id));
    return;
  }
  request.log.debug({ err: error, code: refusal.code }, 'a request was refused');
  sendError(reply, refusal);
}

export function sendError(reply: FastifyReply, error: ApiError): void {
  // Set by name, past any response schema: a refusal has one form everywhere.
  reply
    .code(error.status)
    .type('application/json; charset=utf-8')
    .serializer((body: unknown) => JSON.stringify(body))
    .send(error.toBody());
}

export function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (hasZodFastifySchemaValidationErrors(error)) {
    // An id that cannot be one names nothing, like an id of another tenant.
    if (error.validationContext === 'params') return new ApiError('not_found');
    const details = error.validation.map(({ instancePath, message }) => ({
      path: instancePath.replace(/^\//, '').replaceAll('/', '.'),
      message: message ?? 'is not valid',
    }));
    return new ApiError('invalid_input', { details, cause: error });
  }
  if (error instanceof HotTierUnavailable) return new ApiError('hot_tier_unavailable', { cause: error });
  if (isDatabaseUnreachable(error)) return new ApiError('unavailable', { cause: error });
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return new ApiError(CODE_OF_STATUS[status] ?? 'bad_request', { cause: error });
  }
  return new ApiError('internal', { cause: error });
}

/** Fastify's own refusals, before a route is reached. */
const CODE_OF_STATUS: Record<number, ErrorCode> = {
  404: 'not_found',
  405: 'method_not_allowed',
  413: 'payload_too_large',
  415: 'unsupported_media_type',
  429: 'too_many_requests',
};

function withRequestId(error: ApiError, requestId: string): ApiError {
  return new ApiError(error.code, { message: error.message, details: { requestId }, cause: error.cause });
}

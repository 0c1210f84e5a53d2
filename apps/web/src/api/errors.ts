import type { ErrorBody, ErrorCode } from '@patchline/contracts/errors';

/** The server answered and said no. `message` is a sentence for people; `code` is for decisions. */
export class ApiError extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  readonly details: unknown;

  constructor(status: number, body: ErrorBody['error']) {
    super(body.message);
    this.name = 'ApiError';
    this.code = body.code;
    this.status = status;
    this.details = body.details;
  }
}

/** No answer came: the server may or may not have acted. Only a repeat with the same Idempotency-Key is safe. */
export class NoAnswerError extends Error {
  constructor(cause: unknown) {
    super('The server did not answer. Check the connection; the desk keeps trying.', { cause });
    this.name = 'NoAnswerError';
  }
}

/** Reads a refusal's body; anything that is not ours (a proxy's page, say) becomes `internal` or `unavailable`. */
export function toApiError(status: number, body: unknown): ApiError {
  const error = (body as Partial<ErrorBody> | null | undefined)?.error;
  if (error && typeof error.code === 'string' && typeof error.message === 'string') return new ApiError(status, error);
  if (status === 401) return new ApiError(status, { code: 'unauthenticated', message: 'Sign in to go on.' });
  if (status === 429) {
    return new ApiError(status, { code: 'too_many_requests', message: 'Too many tries. Wait a moment and try again.' });
  }
  const away = status === 502 || status === 503 || status === 504;
  return new ApiError(status, {
    code: away ? 'unavailable' : 'internal',
    message: away
      ? 'The service is restarting. Try again in a moment.'
      : 'Something went wrong on our side. Try again, and tell your administrator if it stays.',
  });
}

export function hasCode(error: unknown, code: ErrorCode): error is ApiError {
  return error instanceof ApiError && error.code === code;
}

/** A sentence for a person, whatever was thrown. */
export function sentence(error: unknown): string {
  if (error instanceof ApiError || error instanceof NoAnswerError) return error.message;
  return 'Something went wrong in this page. Try again; if it stays, load the page anew.';
}

import { type DestinationStream, type Logger, pino } from 'pino';

/**
 * Fields that carry people's data or secrets. They are replaced wherever they stand in a log line, up to two levels
 * deep; messages themselves are static sentences.
 */
export const REDACTED_FIELDS = [
  'address',
  'addresses',
  'authToken',
  'authorization',
  'body',
  'cookie',
  'email',
  'from',
  'key',
  'name',
  'password',
  'phone',
  'query',
  'secret',
  'to',
  'token',
] as const;

/** A logger that writes JSON lines to standard output, or to `destination`. */
export function createLogger(level: string, destination?: DestinationStream): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: serializeError },
      redact: {
        paths: REDACTED_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]),
        censor: '[redacted]',
      },
    },
    destination,
  );
}

/** PostgreSQL and HTTP clients hang rows and requests on their errors: only what says where it broke is kept. */
function serializeError(error: unknown): unknown {
  if (!(error instanceof Error)) return { type: typeof error };
  const { code, cause } = error as { code?: unknown; cause?: unknown };
  return {
    type: error.name,
    message: error.message,
    stack: error.stack,
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    ...(cause === undefined ? {} : { cause: serializeError(cause) }),
  };
}

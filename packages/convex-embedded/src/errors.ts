import { randomBytes } from 'node:crypto';
import type { JSONValue } from 'convex/values';

/** A function failed. `data` is the JSON form of a ConvexError's data. */
export class FunctionError extends Error {
  readonly data?: JSONValue;
  constructor(message: string, data?: JSONValue) {
    super(message);
    this.name = 'FunctionError';
    if (data !== undefined) this.data = data;
  }
}

/** The folder, the settings or the data directory cannot be used; the message says what to do. */
export class StartError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'StartError';
  }
}

/** A token was refused. */
export class AuthenticationError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'AuthenticationError';
  }
}

/** What a client is told about a failure. */
export interface ClientError {
  readonly message: string;
  readonly data: JSONValue | undefined;
}

/** Receives one line per event: a static message and its values. */
export type Logger = (level: 'debug' | 'info' | 'warn' | 'error', message: string, fields?: object) => void;

/**
 * What a client may know of an error: the data of a ConvexError and, unless `expose`, nothing
 * else, as in a production deployment. The text goes to the log under the same request id.
 */
export function toClientError(error: unknown, expose: boolean, path: string, log: Logger): ClientError {
  const requestId = randomBytes(8).toString('hex');
  const text = error instanceof Error ? error.message : String(error);
  const data = error instanceof FunctionError ? error.data : undefined;
  const logged = expose ? text : withoutValues(text);
  log(data === undefined ? 'error' : 'debug', 'function failed', { requestId, path, error: logged });
  const head = `[Request ID: ${requestId}] Server Error`;
  return { message: expose ? `${head}\n${text}` : head, data };
}

/**
 * A validator's message without the value that it refused. Arguments and documents hold what people wrote, which has no place
 * in the log of a production server.
 */
export function withoutValues(text: string): string {
  return text.replace(/^(Value|Object): .*$/gm, '$1: (not logged)');
}

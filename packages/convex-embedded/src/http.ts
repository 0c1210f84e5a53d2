import type { IncomingMessage, ServerResponse } from 'node:http';
import type { JSONValue } from 'convex/values';
import type { Authenticator } from './auth.ts';
import type { Engine } from './engine.ts';
import { AuthenticationError, type Logger, toClientError } from './errors.ts';
import type { RequestMeta } from './functions/call.ts';
import type { Executor, MutationFailure, Request } from './functions/executor.ts';
import { MAX_ARGS_BYTES } from './limits.ts';
import type { Snapshot } from './store.ts';
import { encodeTs } from './sync/protocol.ts';
import { toPlainJson, toPlainText } from './values/plain-json.ts';

/** What the HTTP interface needs. */
export interface HttpServices {
  readonly engine: Engine;
  readonly executor: Executor;
  readonly auth: Authenticator;
  readonly expose: boolean;
  readonly log: Logger;
  readonly version: string;
  /** May a page of that origin call? */
  readonly allowsOrigin: (origin: string | undefined) => boolean;
  /** Pages beyond the functions' interface, such as the inspector; true if it answered. */
  readonly extra: (path: string, request: IncomingMessage, response: ServerResponse) => boolean;
}

/** Status of an answer that reports a failed function, as the clients know it. */
const FUNCTION_FAILED = 560;
const PINNED_MS = 30_000;

class HttpError extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** Who sent a request, for `ctx.meta.getRequestMetadata()`. */
export function requestFrom(request: IncomingMessage): Pick<RequestMeta, 'ip' | 'userAgent'> {
  return { ip: request.socket.remoteAddress ?? null, userAgent: request.headers['user-agent'] ?? null };
}

function readBody(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let size = 0;
    request.on('data', (part: Buffer) => {
      size += part.length;
      if (size > MAX_ARGS_BYTES + 4096) {
        // The rest is read and dropped, so that the answer arrives.
        parts.length = 0;
        reject(new HttpError(413, 'BodyTooLarge', `The body is larger than ${MAX_ARGS_BYTES} bytes.`));
      } else {
        parts.push(part);
      }
    });
    request.on('end', () => resolve(Buffer.concat(parts).toString('utf8')));
    request.on('error', reject);
  });
}

interface Body {
  path: string;
  args?: JSONValue;
  format?: string;
  ts?: string;
}

/** How results are written: the documented default, and what the official client asks for. */
const FORMATS = ['json', 'convex_encoded_json'];

/** Reads a request for a function; `path` is what the URL says is to be called, if it does. */
function parseBody(text: string, path: string | null): Body {
  let body: Body | null;
  try {
    body = JSON.parse(text) as Body | null;
  } catch (error) {
    throw new HttpError(400, 'BadJsonBody', `The body is not JSON: ${(error as Error).message}`);
  }
  const named = path ?? body?.path;
  if (body === null || typeof body !== 'object' || typeof named !== 'string') {
    throw new HttpError(400, 'BadJsonBody', 'The body needs a "path".');
  }
  if (body.format !== undefined && body.format !== null && !FORMATS.includes(body.format)) {
    throw new HttpError(400, 'BadFormat', `The format must be one of ${FORMATS.join(', ')}.`);
  }
  return { ...body, path: named };
}

/** The function that `/api/run/dir/file/name` names; null for other paths. */
function pathInUrl(path: string): string | null {
  const named = /^\/api\/run\/(.+)$/.exec(path)?.[1];
  if (named === undefined) return null;
  try {
    const identifier = decodeURIComponent(named);
    // `file:name` stands for itself.
    return identifier.includes(':') ? identifier : identifier.replace(/\/(?=[^/]*$)/, ':');
  } catch (error) {
    throw new HttpError(400, 'BadPath', `The path cannot be decoded: ${(error as Error).message}`);
  }
}

/** Answers the HTTP requests of `ConvexHttpClient` and of operators. */
export class HttpApi {
  private readonly services: HttpServices;
  /** Snapshots that a client may still ask for with `query_at_ts`. */
  private readonly pinned = new Map<string, Snapshot>();

  constructor(services: HttpServices) {
    this.services = services;
  }

  /** Handles one request. Never throws. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '/').split('?')[0] as string;
    try {
      if (this.services.extra(path, request, response)) return;
      if (path === '/version') {
        response.end(this.services.version);
        return;
      }
      this.cors(request, response);
      if (request.method === 'OPTIONS') {
        response.writeHead(204).end();
        return;
      }
      const named = pathInUrl(path);
      const endpoint =
        named === null ? /^\/api\/(query|mutation|action|function|query_ts|query_at_ts)$/.exec(path)?.[1] : 'function';
      if (!endpoint) throw new HttpError(404, 'NotFound', `There is nothing at ${path}.`);
      if (request.method !== 'POST') throw new HttpError(405, 'MethodNotAllowed', 'Use POST.');
      const text = await readBody(request);
      if (endpoint === 'query_ts') this.sendJson(response, 200, { ts: this.pin() });
      else await this.call(endpoint, parseBody(text, named), request, response);
    } catch (error) {
      this.sendError(response, error);
    }
  }

  private async call(endpoint: string, body: Body, http: IncomingMessage, response: ServerResponse): Promise<void> {
    const { auth, executor } = this.services;
    const header = http.headers.authorization;
    if (header?.startsWith('Convex ')) {
      throw new HttpError(401, 'AdminAuth', 'Admin authentication is not supported by convex-embedded.');
    }
    const authToken = header?.startsWith('Bearer ') ? header.slice(7) : null;
    const identity = authToken === null ? null : (await auth.verify(authToken)).identity;
    const meta = { ...requestFrom(http), authToken, scheduledFunctionId: null };
    const args = (Array.isArray(body.args) ? body.args[0] : body.args) ?? {};
    const request: Request = { path: body.path, args, identity, internal: false, meta };
    const plain = body.format !== 'convex_encoded_json';
    const logLines: string[] = [];
    try {
      const kind = endpoint === 'function' ? executor.registry.find(body.path, 'any', false).kind : endpoint;
      const value = await this.run(kind, request, body, logLines);
      const lines = this.services.expose ? JSON.stringify(logLines) : '[]';
      this.send(
        response,
        200,
        `{"status":"success","value":${plain ? toPlainText(value) : value},"logLines":${lines}}`,
      );
    } catch (error) {
      if (error instanceof HttpError) throw error;
      const { message, data } = toClientError(error, this.services.expose, body.path, this.services.log);
      this.sendJson(response, FUNCTION_FAILED, {
        status: 'error',
        errorMessage: message,
        ...(data === undefined ? {} : { errorData: plain ? toPlainJson(data) : data }),
        logLines: this.services.expose ? logLines : [],
      });
    }
  }

  private async run(kind: string, request: Request, body: Body, logLines: string[]): Promise<string> {
    const { engine, executor } = this.services;
    if (kind === 'action') return executor.runAction(request, logLines);
    if (kind === 'mutation') {
      try {
        const run = await executor.runMutation(request);
        logLines.push(...run.logLines);
        await engine.durable(run.ts);
        return run.json;
      } catch (failure) {
        if (failure instanceof Error) throw failure;
        const { error, ts } = failure as MutationFailure;
        logLines.push(...(failure as MutationFailure).logLines);
        // The error may speak of changes that are not safe yet.
        await engine.durable(ts);
        throw error;
      }
    }
    const snapshot = kind === 'query_at_ts' ? this.at(body.ts) : engine.published;
    const run = await executor.runQuery(request, snapshot, null);
    logLines.push(...run.logLines);
    if (!run.outcome.ok) throw run.outcome.error;
    return run.outcome.json;
  }

  /** Keeps the present snapshot for clients that run several queries at one timestamp. */
  private pin(): string {
    const snapshot = this.services.engine.published;
    const ts = encodeTs(snapshot.ts);
    if (!this.pinned.has(ts)) {
      this.pinned.set(ts, snapshot);
      setTimeout(() => this.pinned.delete(ts), PINNED_MS).unref();
    }
    return ts;
  }

  private at(ts: string | undefined): Snapshot {
    if (typeof ts !== 'string') throw new HttpError(400, 'BadTimestamp', 'query_at_ts needs a "ts".');
    const { published } = this.services.engine;
    const snapshot = this.pinned.get(ts) ?? (ts === encodeTs(published.ts) ? published : null);
    if (!snapshot) {
      throw new HttpError(
        400,
        'TimestampTooOld',
        'That timestamp is not kept any more; ask /api/query_ts for a new one.',
      );
    }
    return snapshot;
  }

  private cors(request: IncomingMessage, response: ServerResponse): void {
    const { origin } = request.headers;
    if (!this.services.allowsOrigin(origin)) {
      throw new HttpError(403, 'OriginNotAllowed', `The origin ${origin} is not allowed to use this server.`);
    }
    response.setHeader('vary', 'origin');
    if (origin === undefined) return;
    response.setHeader('access-control-allow-origin', origin);
    response.setHeader('access-control-allow-methods', 'GET, POST, OPTIONS');
    response.setHeader('access-control-allow-headers', 'authorization, content-type, convex-client');
    response.setHeader('access-control-max-age', '86400');
  }

  private sendError(response: ServerResponse, error: unknown): void {
    if (response.headersSent) {
      response.destroy();
    } else if (error instanceof HttpError) {
      if (error.status === 413) response.setHeader('connection', 'close');
      this.sendJson(response, error.status, { code: error.code, message: error.message });
    } else if (error instanceof AuthenticationError) {
      this.sendJson(response, 401, { code: 'Unauthenticated', message: error.message });
    } else {
      const { message } = toClientError(error, this.services.expose, 'http', this.services.log);
      this.sendJson(response, 500, { code: 'InternalServerError', message });
    }
  }

  private sendJson(response: ServerResponse, status: number, body: object): void {
    this.send(response, status, JSON.stringify(body));
  }

  private send(response: ServerResponse, status: number, text: string): void {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(text);
  }
}

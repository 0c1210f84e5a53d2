import { type ClientRequest, Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

/** One try of a webhook. Times in milliseconds of real time. */
export interface WebhookRequest {
  url: URL;
  method: 'POST' | 'GET';
  headers: Record<string, string>;
  body: string;
  connectMs: number;
  readMs: number;
}

export type WebhookAnswer =
  | { status: number; headers: IncomingMessage['headers']; body: string; tookMs: number }
  | { failed: 'ct' | 'rt'; reason: string; tookMs: number };

/** Twilio reads TwiML up to 64 kB. */
const LONGEST_ANSWER = 64 * 1024;
const MOST_AT_ONCE = 100;

/**
 * Makes webhooks over kept-alive connections, at most 100 at a time. Node's fetch has no time-out for the connection
 * alone, which is what Twilio's `ct` is about, hence plain `http`.
 */
export class WebhookClient {
  readonly #http = new HttpAgent({ keepAlive: true, maxFreeSockets: 50 });
  readonly #https = new HttpsAgent({ keepAlive: true, maxFreeSockets: 50 });
  readonly #waiting: (() => void)[] = [];
  readonly #active = new Set<ClientRequest>();
  #running = 0;

  async send(request: WebhookRequest): Promise<WebhookAnswer> {
    if (this.#running >= MOST_AT_ONCE) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#running++;
    try {
      return await this.#send(request);
    } finally {
      this.#running--;
      this.#waiting.shift()?.();
    }
  }

  /** Cuts what is under way; each ends as if the other side had hung up. */
  close(): void {
    for (const request of this.#active) request.destroy();
    this.#http.destroy();
    this.#https.destroy();
  }

  #send(wanted: WebhookRequest): Promise<WebhookAnswer> {
    const began = performance.now();
    const took = () => Math.round(performance.now() - began);
    return new Promise((resolve) => {
      const secure = wanted.url.protocol === 'https:';
      const request = (secure ? httpsRequest : httpRequest)(wanted.url, {
        agent: secure ? this.#https : this.#http,
        method: wanted.method,
        headers: wanted.headers,
      });
      this.#active.add(request);
      let connected = false;
      let timer = setTimeout(
        () => end({ failed: 'ct', reason: 'no connection in time', tookMs: took() }),
        wanted.connectMs,
      );
      const end = (answer: WebhookAnswer) => {
        clearTimeout(timer);
        this.#active.delete(request);
        if ('failed' in answer) request.destroy();
        resolve(answer);
      };
      const onConnected = () => {
        connected = true;
        clearTimeout(timer);
        timer = setTimeout(() => end({ failed: 'rt', reason: 'no answer in time', tookMs: took() }), wanted.readMs);
      };
      request.on('socket', (socket) => {
        if (socket.connecting) socket.once(secure ? 'secureConnect' : 'connect', onConnected);
        else onConnected();
      });
      request.on('error', (error: NodeJS.ErrnoException) => {
        // A kept connection that the other side has closed is no connection. Node drops kept ones in time when the
        // app names its limit (Keep-Alive: timeout=5), so this is rare.
        const gone = request.reusedSocket && error.code === 'ECONNRESET';
        end({ failed: connected && !gone ? 'rt' : 'ct', reason: error.code ?? error.message, tookMs: took() });
      });
      request.on('response', (response) => {
        let body = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          if (body.length < LONGEST_ANSWER) body += chunk;
        });
        response.on('end', () =>
          end({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: body.slice(0, LONGEST_ANSWER),
            tookMs: took(),
          }),
        );
        response.on('error', (error) => end({ failed: 'rt', reason: error.message, tookMs: took() }));
      });
      request.end(wanted.body);
    });
  }
}

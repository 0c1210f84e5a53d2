import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import twilio from 'twilio';

/** A webhook as the app got it. */
export interface Received {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  params: Record<string, string>;
  /** The body as it came. */
  raw: string;
  /** Twilio's own helper on the URL as requested. */
  signatureValid: boolean;
}

export type Answer = (received: Received, response: ServerResponse) => void;

/** The app under the emulator's webhooks: keeps what it gets and lets a test wait for it. */
export class FakeApp {
  readonly received: Received[] = [];
  url = '';
  answer: Answer = (_received, response) => response.writeHead(204).end();
  readonly #authToken: string;
  readonly #server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      const path = request.url ?? '';
      const json = request.headers['content-type']?.startsWith('application/json');
      const params = json ? {} : Object.fromEntries(new URLSearchParams(body));
      const signature = String(request.headers['x-twilio-signature'] ?? '');
      const received: Received = {
        method: request.method ?? '',
        path,
        headers: request.headers,
        params,
        raw: body,
        signatureValid: twilio.validateRequest(this.#authToken, signature, this.url + path, params),
      };
      this.received.push(received);
      this.answer(received, response);
      for (const check of [...this.#waiting]) check();
    });
  });
  readonly #waiting = new Set<() => void>();

  constructor(authToken = '') {
    this.#authToken = authToken;
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Resolves with the webhooks that match, as soon as there are `count` of them. */
  async wait(count: number, matches: (received: Received) => boolean = () => true): Promise<Received[]> {
    const found = () => this.received.filter(matches);
    await this.until(() => found().length >= count);
    return found();
  }

  /** Resolves when `reached` says so; it is asked after each webhook. */
  until(reached: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const check = () => {
        if (!reached()) return;
        this.#waiting.delete(check);
        resolve();
      };
      this.#waiting.add(check);
      check();
    });
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

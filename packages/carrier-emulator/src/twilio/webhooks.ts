import { randomUUID } from 'node:crypto';
import type { Context } from '../context.ts';
import type { OwnFaults } from '../faults.ts';
import { lostTry } from '../lost-try.ts';
import { reportFailure } from '../report-failure.ts';
import type { Delivery } from '../store/deliveries.ts';
import { type WebhookAnswer, WebhookClient } from '../webhook-client.ts';
import { settleWebhook } from '../webhook-outcome.ts';
import { planWebhook } from '../webhook-plan.ts';
import { type ConnectionRules, connectionRules } from './connection-overrides.ts';
import { sign } from './signature.ts';

/** What an app answered to the webhook of an incoming text. */
export interface InboundAnswer {
  delivery: Delivery;
  /** The URL that answered, after HTTP redirects. */
  url: string;
  contentType: string;
  body: string;
  status: number;
}

/** Something to tell an app. */
export interface WebhookEvent
  extends Pick<Delivery, 'accountSid' | 'messageSid' | 'kind' | 'url' | 'method' | 'params'> {
  /** Faults that the message asked for. */
  faults?: OwnFaults;
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const MOST_REDIRECTS = 10;

/**
 * Makes webhooks and keeps trying by Twilio's rules:
 *
 *   due ──> try ──2xx──────────────────────────────> taken (an incoming text's answer is read as TwiML)
 *            │└──3xx──> next address, same try
 *            ├──failed, reason among rp, tries left and tt not used up──> due again
 *            └──failed otherwise──> fallback URL of the number if it is an incoming text ──> given up
 *
 * A webhook is stored before its first try and removed after its last, so a killed emulator takes it up again; every
 * try of one event carries the same I-Twilio-Idempotency-Token.
 */
export class Webhooks {
  readonly #context: Context;
  readonly #client = new WebhookClient();
  readonly #onAnswer: (answer: InboundAnswer) => void;
  #closed = false;

  /** @param onAnswer called for each taken webhook of an incoming text. */
  constructor(context: Context, onAnswer: (answer: InboundAnswer) => void) {
    this.#context = context;
    this.#onAnswer = onAnswer;
  }

  /** Takes up what an earlier process left. */
  resume(): void {
    for (const delivery of this.#context.deliveries.pending('twilio')) this.#schedule(delivery);
  }

  /** Queues one event, with the faults that hit it. */
  enqueue(event: WebhookEvent, hops = 0): void {
    const { deliveries, clock } = this.#context;
    const { faults, ...what } = event;
    const planned = planWebhook(
      this.#context,
      event.accountSid,
      event.kind === 'status' ? 'status' : 'inbound',
      faults,
    );
    if (planned.length === 0) this.#logDropped(event, clock.now());
    const token = randomUUID();
    for (const { dueAt, note, forged, ownToken } of planned) {
      const delivery = { ...what, token: ownToken ? randomUUID() : token, tries: 0, firstAt: dueAt, dueAt, note };
      this.#schedule(deliveries.add({ ...delivery, hops, forged }));
    }
  }

  close(): void {
    this.#closed = true;
    this.#client.close();
  }

  #schedule(delivery: Delivery): void {
    this.#context.scheduler.at(delivery.dueAt, () => {
      this.#try(delivery).catch(reportFailure);
    });
  }

  async #try(delivery: Delivery): Promise<void> {
    const { accounts, deliveries, clock, timing, db } = this.#context;
    const account = accounts.account(delivery.accountSid);
    if (!account) {
      deliveries.done(delivery);
      return;
    }
    // Nothing is told to the app that a restart could forget.
    await db.committed();
    if (this.#closed) return;
    const rules = connectionRules(delivery.url, timing);
    const token = delivery.forged ? `not ${account.authToken}` : account.authToken;
    const { answer, url } = await this.#request(delivery, rules, token);
    if (this.#closed) return;
    delivery.tries++;
    if ('status' in answer && answer.status >= 200 && answer.status < 300) {
      deliveries.done(delivery);
      settleWebhook(this.#context, delivery, 'taken', answer);
      if (delivery.kind !== 'status') {
        const contentType = String(answer.headers['content-type'] ?? '').toLowerCase();
        this.#onAnswer({ delivery, url, contentType, body: answer.body, status: answer.status });
      }
      return;
    }
    const reason = 'failed' in answer ? answer.failed : answer.status >= 500 ? '5xx' : '4xx';
    const pause = timing.retryMs * 2 ** (delivery.tries - 1);
    const inTime = clock.now() + pause - delivery.firstAt <= rules.totalMs;
    if (rules.retryOn.has(reason) && delivery.tries <= rules.retries && inTime) {
      delivery.dueAt = clock.now() + pause;
      deliveries.saveTry(delivery);
      settleWebhook(this.#context, delivery, 'pending', answer);
      this.#schedule(delivery);
      return;
    }
    deliveries.done(delivery);
    if (!this.#fallBack(delivery)) settleWebhook(this.#context, delivery, 'failed', answer);
  }

  /** One try, with HTTP redirects followed. */
  async #request(
    delivery: Delivery,
    rules: ConnectionRules,
    authToken: string,
  ): Promise<{ answer: WebhookAnswer; url: string }> {
    let method = delivery.method;
    let url = rules.url;
    for (let redirects = 0; ; redirects++) {
      const at = this.#context.clock.now();
      const target = parseHttpUrl(url);
      if (!target) {
        const answer = { failed: 'ct', reason: 'the URL is not valid', tookMs: 0 } as const;
        this.#log(delivery, method, url, answer, null, at);
        return { answer, url };
      }
      const params = redirects > 0 && method === 'GET' ? {} : delivery.params;
      const form = new URLSearchParams(params).toString();
      if (method === 'GET' && form) target.search += (target.search ? '&' : '') + form;
      const requested = target.href;
      const signature = sign(authToken, requested, method === 'POST' ? params : {});
      const headers: Record<string, string> = {
        'X-Twilio-Signature': signature,
        'I-Twilio-Idempotency-Token': delivery.token,
        'User-Agent': 'TwilioProxy/1.1',
        Accept: '*/*',
      };
      if (target.username) {
        const credentials = `${decodeURIComponent(target.username)}:${decodeURIComponent(target.password)}`;
        headers.Authorization = `Basic ${Buffer.from(credentials).toString('base64')}`;
      }
      if (method === 'POST') {
        headers['Content-Type'] = 'application/x-www-form-urlencoded; charset=UTF-8';
        headers['Content-Length'] = String(Buffer.byteLength(form));
      }
      const lost = redirects === 0 ? lostTry(this.#context, delivery) : null;
      const answer =
        lost ??
        (await this.#client.send({
          url: target,
          method,
          headers,
          body: method === 'POST' ? form : '',
          connectMs: rules.connectMs,
          readMs: rules.readMs,
        }));
      if (!this.#closed) this.#log(delivery, method, requested, answer, signature, at);
      const location = 'status' in answer && REDIRECTS.has(answer.status) ? answer.headers.location : undefined;
      if (location === undefined || redirects === MOST_REDIRECTS || !URL.canParse(location, requested)) {
        return { answer, url: requested };
      }
      if ('status' in answer && answer.status < 307) method = 'GET';
      url = new URL(location, requested).href;
    }
  }

  /** Gives an incoming text that the app did not take to the fallback URL, once. */
  #fallBack(delivery: Delivery): boolean {
    if (delivery.kind !== 'inbound' && delivery.kind !== 'redirect') return false;
    const fallback = fallbackOf(this.#context, delivery.params.To ?? '');
    if (!fallback) return false;
    this.enqueue({
      accountSid: delivery.accountSid,
      messageSid: delivery.messageSid,
      kind: 'fallback',
      ...fallback,
      params: {
        ...delivery.params,
        ErrorCode: '11200',
        ErrorUrl: connectionRules(delivery.url, this.#context.timing).url,
      },
    });
    return true;
  }

  #log(
    delivery: Delivery,
    method: string,
    url: string,
    answer: WebhookAnswer,
    signature: string | null,
    at: number,
  ): void {
    const parsed = parseHttpUrl(url);
    const status = 'status' in answer ? answer.status : null;
    this.#context.log.add({
      at,
      way: 'to-app',
      method,
      path: parsed ? parsed.pathname + parsed.search : url,
      url,
      status,
      tookMs: answer.tookMs,
      what: describe(delivery, answer),
      accountSid: delivery.accountSid,
      messageSid: delivery.messageSid,
      signature: signature === null ? 'none' : delivery.forged ? 'forged' : 'valid',
      signed: signature,
      params: delivery.params,
      answer: 'status' in answer ? answer.body.slice(0, 2000) : answer.reason,
    });
  }

  #logDropped(event: WebhookEvent, at: number): void {
    const { url } = connectionRules(event.url, this.#context.timing);
    const parsed = parseHttpUrl(url);
    this.#context.log.add({
      at,
      way: 'to-app',
      method: event.method,
      path: parsed ? parsed.pathname + parsed.search : url,
      url,
      status: null,
      tookMs: 0,
      what: `${subject(event)}: dropped on purpose, never sent`,
      accountSid: event.accountSid,
      messageSid: event.messageSid,
      signature: 'none',
      signed: null,
      params: event.params,
      answer: '',
    });
    if (event.kind !== 'status') this.#context.messages.saveWebhook(event.messageSid, 'failed', null, null, 0);
  }
}

/** The fallback of whoever decides over the number's texts: its Messaging Service, its application, or itself. */
function fallbackOf(context: Context, e164: string): { url: string; method: 'POST' | 'GET' } | null {
  const { accounts, applications } = context;
  const number = accounts.number(e164);
  if (!number) return null;
  const service = accounts.serviceOfNumber(e164);
  const application = applications.of(number.accountSid, number.smsApplicationSid);
  const own = service && !service.useInboundWebhookOnNumber;
  const url = own ? service.fallbackUrl : (application ?? number).smsFallbackUrl;
  const method = own ? service.fallbackMethod : (application ?? number).smsFallbackMethod;
  return url ? { url, method } : null;
}

function parseHttpUrl(url: string): URL | null {
  const parsed = URL.parse(url);
  return parsed && (parsed.protocol === 'http:' || parsed.protocol === 'https:') ? parsed : null;
}

function subject(event: Pick<Delivery, 'kind' | 'params'>): string {
  const { Body = '', MessageStatus = '', ErrorCode } = event.params;
  if (event.kind === 'status') {
    const word = MessageStatus.charAt(0).toUpperCase() + MessageStatus.slice(1);
    return ErrorCode ? `${word}, ${ErrorCode}` : word;
  }
  return `“${Body.length > 60 ? `${Body.slice(0, 59)}…` : Body}”`;
}

function describe(delivery: Delivery, answer: WebhookAnswer): string {
  const parts = [subject(delivery)];
  if (delivery.kind === 'fallback') parts.push('to the fallback URL');
  if (delivery.kind === 'redirect') parts.push('redirected by TwiML');
  if (delivery.note) parts.push(delivery.note);
  if (delivery.tries > 0) parts.push(`try ${delivery.tries + 1}`);
  if ('failed' in answer)
    parts.push(answer.failed === 'ct' ? `not reached (${answer.reason})` : `no answer (${answer.reason})`);
  else if (answer.status === 401 || answer.status === 403) parts.push('the app refused it');
  else if (answer.status >= 500) parts.push('the app failed');
  else if (answer.status >= 400) parts.push('the app did not take it');
  return parts.join(', ');
}

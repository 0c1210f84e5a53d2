import { randomUUID } from 'node:crypto';
import type { Context } from '../context.ts';
import { lostTry } from '../lost-try.ts';
import { reportFailure } from '../report-failure.ts';
import type { Delivery } from '../store/deliveries.ts';
import type { Message } from '../store/messages.ts';
import { type WebhookAnswer, WebhookClient } from '../webhook-client.ts';
import { settleWebhook } from '../webhook-outcome.ts';
import { planWebhook } from '../webhook-plan.ts';
import { messageJson } from './message-json.ts';
import { iso } from './resources.ts';
import { newKeys, sign } from './signature.ts';

export type EventType = 'message.received' | 'message.sent' | 'message.finalized';

const TRIES_PER_URL = 3;
const STALE_SECONDS = 600;

/**
 * Makes Telnyx's webhooks:
 *
 *   due ──> try ──2xx in time──> taken
 *            └──anything else──> due again, three tries; then three at the failover URL; then given up
 *
 * An event is stored before its first try and removed after its last, so a killed emulator takes it up again. Its id
 * (data.id) stays the same over all tries; every try is signed anew, for meta.attempt is part of the body.
 */
export class TelnyxWebhooks {
  readonly #context: Context;
  readonly #client = new WebhookClient();
  /** Signs what bad-signature asks for. */
  readonly #otherKey = newKeys().webhookPrivateKey;
  #closed = false;

  constructor(context: Context) {
    this.#context = context;
  }

  /** Takes up what an earlier process left. */
  resume(): void {
    for (const delivery of this.#context.deliveries.pending('telnyx')) this.#schedule(delivery);
  }

  /** Queues one event, with the faults that hit it. */
  enqueue(m: Message, type: EventType, urls: { url: string | null; failover: string | null }): void {
    const { url, failover } = urls;
    if (!url) return;
    const kind = type === 'message.received' ? 'inbound' : 'status';
    const payload = JSON.stringify(messageJson(m, url, failover));
    const event = { accountSid: m.accountSid, messageSid: m.sid, kind, url, method: 'POST' as const } as const;
    const params = { type, occurredAt: iso(this.#context.clock.now()), payload, failover: failover ?? '' };
    const planned = planWebhook(this.#context, m.accountSid, kind, m.extra?.faults);
    if (planned.length === 0) this.#logDropped({ ...event, params });
    const id = randomUUID();
    for (const { dueAt, note, forged, stale, ownToken } of planned) {
      const delivery = this.#context.deliveries.add({
        ...event,
        params: stale ? { ...params, stale: 'true' } : params,
        token: ownToken ? randomUUID() : id,
        tries: 0,
        firstAt: dueAt,
        dueAt,
        note,
        hops: 0,
        forged,
      });
      this.#schedule(delivery);
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
    const answer = await this.#request(delivery, delivery.forged ? this.#otherKey : account.webhookPrivateKey);
    if (this.#closed) return;
    delivery.tries++;
    if ('status' in answer && answer.status >= 200 && answer.status < 300) {
      deliveries.done(delivery);
      settleWebhook(this.#context, delivery, 'taken', answer);
      return;
    }
    const { failover = '' } = delivery.params;
    const spent = delivery.tries >= TRIES_PER_URL * (delivery.hops + 1);
    if (spent && (delivery.hops > 0 || !failover)) {
      deliveries.done(delivery);
      settleWebhook(this.#context, delivery, 'failed', answer);
      return;
    }
    if (spent) {
      delivery.url = failover;
      delivery.hops = 1;
    }
    delivery.dueAt = clock.now() + timing.retryMs * 2 ** ((delivery.tries - 1) % TRIES_PER_URL);
    deliveries.saveTry(delivery);
    settleWebhook(this.#context, delivery, 'pending', answer);
    this.#schedule(delivery);
  }

  async #request(delivery: Delivery, privateKey: string): Promise<WebhookAnswer> {
    const { timing, clock } = this.#context;
    const { type, occurredAt, payload, stale } = delivery.params;
    const data = `{"record_type":"event","id":"${delivery.token}","event_type":"${type}","occurred_at":"${occurredAt}","payload":${payload}}`;
    const meta = JSON.stringify({ attempt: delivery.tries + 1, delivered_to: delivery.url });
    const body = `{"data":${data},"meta":${meta}}`;
    // Real time, wherever the emulator's clock is: the app compares it with its own.
    const timestamp = String(Math.floor(Date.now() / 1000) - (stale ? STALE_SECONDS : 0));
    const signature = sign(privateKey, timestamp, body);
    const at = clock.now();
    const target = URL.parse(delivery.url);
    const answer: WebhookAnswer = !target
      ? { failed: 'ct', reason: 'the URL is not valid', tookMs: 0 }
      : (lostTry(this.#context, delivery) ??
        (await this.#client.send({
          url: target,
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            'content-length': String(Buffer.byteLength(body)),
            'user-agent': 'telnyx-webhooks',
            'telnyx-signature-ed25519': signature,
            'telnyx-timestamp': timestamp,
          },
          body,
          connectMs: timing.telnyxMs,
          readMs: timing.telnyxMs,
        })));
    if (!this.#closed) this.#log(delivery, answer, `${signature}, telnyx-timestamp ${timestamp}`, at);
    return answer;
  }

  #log(delivery: Delivery, answer: WebhookAnswer, signed: string, at: number): void {
    const { messageSid, accountSid, params, url, forged, token } = delivery;
    this.#context.log.add({
      at,
      way: 'to-app',
      method: 'POST',
      path: pathOf(url),
      url,
      status: 'status' in answer ? answer.status : null,
      tookMs: answer.tookMs,
      what: describe(delivery, answer),
      accountSid,
      messageSid,
      signature: forged ? 'forged' : 'valid',
      signed,
      params: { event_type: params.type, id: token, payload: params.payload },
      answer: 'status' in answer ? answer.body.slice(0, 2000) : answer.reason,
    });
  }

  #logDropped(event: Pick<Delivery, 'accountSid' | 'messageSid' | 'kind' | 'url' | 'params'>): void {
    const { accountSid, messageSid, kind, url, params } = event;
    this.#context.log.add({
      at: this.#context.clock.now(),
      way: 'to-app',
      method: 'POST',
      path: pathOf(url),
      url,
      status: null,
      tookMs: 0,
      what: `${subject(params)}: dropped on purpose, never sent`,
      accountSid,
      messageSid,
      signature: 'none',
      signed: null,
      params: { event_type: params.type, payload: params.payload },
      answer: '',
    });
    if (kind === 'inbound') this.#context.messages.saveWebhook(messageSid, 'failed', null, null, 0);
  }
}

function pathOf(url: string): string {
  const parsed = URL.parse(url);
  return parsed ? parsed.pathname + parsed.search : url;
}

function subject(params: Record<string, string>): string {
  const payload = JSON.parse(params.payload ?? '{}') as ReturnType<typeof messageJson>;
  if (params.type === 'message.received') {
    return `“${payload.text.length > 60 ? `${payload.text.slice(0, 59)}…` : payload.text}”`;
  }
  const code = payload.errors[0]?.code;
  const status = payload.to[0]?.status ?? '';
  const word = (status.charAt(0).toUpperCase() + status.slice(1)).replaceAll('_', ' ');
  return code ? `${word}, ${code}` : word;
}

function describe(delivery: Delivery, answer: WebhookAnswer): string {
  const parts = [subject(delivery.params)];
  if (delivery.hops > 0) parts.push('to the failover URL');
  if (delivery.note) parts.push(delivery.note);
  if (delivery.tries > 0) parts.push(`try ${delivery.tries + 1}`);
  if ('failed' in answer)
    parts.push(answer.failed === 'ct' ? `not reached (${answer.reason})` : `no answer (${answer.reason})`);
  else if (answer.status === 401 || answer.status === 403) parts.push('the app refused it');
  else if (answer.status >= 500) parts.push('the app failed');
  else if (answer.status >= 300) parts.push('the app did not take it');
  return parts.join(', ');
}

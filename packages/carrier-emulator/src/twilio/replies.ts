import type { Context } from '../context.ts';
import type { DeliverySteps } from '../delivery.ts';
import { draft } from '../drafts.ts';
import { toE164 } from '../phone-numbers.ts';
import { newSid } from '../sids.ts';
import type { OwnedNumber } from '../store/accounts.ts';
import { magicOutcome } from './magic-numbers.ts';
import { optOutScope } from './opt-out.ts';
import { parseTwiml } from './twiml.ts';
import type { InboundAnswer, Webhooks } from './webhooks.ts';

/** TwiML redirects followed before giving up. */
const MOST_REDIRECTS = 10;

interface Reply {
  accountSid: string;
  sender: string;
  recipient: string;
  body: string;
  media: string[];
  statusCallback: string | null;
  /** The carrier's own words go out whatever the opt-out list says. */
  byCarrier: boolean;
}

/** Messages that answer an incoming text: the carrier's own, and those an app asks for in its webhook's answer. */
export class Replies {
  readonly #context: Context;
  readonly #delivery: DeliverySteps;

  constructor(context: Context, delivery: DeliverySteps) {
    this.#context = context;
    this.#delivery = delivery;
  }

  fromCarrier(number: OwnedNumber, person: string, body: string): void {
    this.#send({
      accountSid: number.accountSid,
      sender: number.e164,
      recipient: person,
      body,
      media: [],
      statusCallback: null,
      byCarrier: true,
    });
  }

  /** Does what the app's answer says: TwiML is carried out, plain text is texted to the person, as Twilio does. */
  fromApp(answer: InboundAnswer, webhooks: Webhooks): void {
    const { delivery, contentType, body } = answer;
    if (body.trim() === '') return;
    const { From: person = '', To: number = '' } = delivery.params;
    const base = { accountSid: delivery.accountSid, sender: number, recipient: person, byCarrier: false };
    if (contentType.startsWith('text/plain')) {
      this.#send({ ...base, body: body.slice(0, 1600), media: [], statusCallback: null });
      return;
    }
    if (!/^(text\/xml|application\/xml|text\/html)/.test(contentType)) {
      this.#note(answer, `12300: the answer's type ${contentType || '(none)'} is neither TwiML nor text`);
      return;
    }
    let verbs: ReturnType<typeof parseTwiml>;
    try {
      verbs = parseTwiml(body);
    } catch (error) {
      this.#note(answer, `12100: the TwiML could not be read: ${error instanceof Error ? error.message : error}`);
      return;
    }
    for (const verb of verbs) {
      if (verb.verb === 'redirect') {
        this.#redirect(answer, webhooks, verb.url, verb.method);
        return;
      }
      if (verb.body === '' && verb.media.length === 0) {
        this.#note(answer, '14103: a Message has neither a body nor media');
        continue;
      }
      const callback = verb.statusCallback;
      this.#send({
        ...base,
        sender: verb.from ?? number,
        recipient: verb.to ? (toE164(verb.to) ?? verb.to) : person,
        body: verb.body,
        media: verb.media,
        statusCallback: callback && URL.canParse(callback, answer.url) ? new URL(callback, answer.url).href : null,
      });
    }
  }

  #redirect(answer: InboundAnswer, webhooks: Webhooks, url: string, method: 'POST' | 'GET'): void {
    const { delivery } = answer;
    if (delivery.hops >= MOST_REDIRECTS || !URL.canParse(url, answer.url)) {
      this.#note(answer, `TwiML redirect to ${url} not followed`);
      return;
    }
    const { accountSid, messageSid, params } = delivery;
    const target = new URL(url, answer.url).href;
    webhooks.enqueue({ accountSid, messageSid, kind: 'redirect', url: target, method, params }, delivery.hops + 1);
  }

  #send(reply: Reply): void {
    const { accounts, messages, clock, handsets, events } = this.#context;
    const now = clock.now();
    const own = accounts.number(reply.sender);
    const blocked =
      !reply.byCarrier &&
      handsets.optedOut(reply.accountSid, optOutScope(this.#context, reply.sender), reply.recipient);
    const refused = own?.accountSid !== reply.accountSid ? 21606 : blocked ? 21610 : null;
    const handset = handsets.get(reply.recipient);
    const unreachable = handset && !handset.reachable ? { outcome: 'undelivered' as const, code: 30003 } : null;
    const end = refused
      ? { outcome: 'failed' as const, code: refused }
      : (unreachable ?? magicOutcome(reply.recipient));
    const message = messages.add(
      draft({
        sid: newSid(reply.media.length > 0 ? 'MM' : 'SM'),
        accountSid: reply.accountSid,
        direction: 'outbound-reply',
        sender: reply.sender,
        recipient: reply.recipient,
        body: reply.body,
        status: 'queued',
        media: reply.media.map((url) => ({ sid: newSid('ME'), url, contentType: 'image/jpeg' })),
        statusCallback: reply.statusCallback,
        createdAt: now,
        outcome: end?.outcome ?? 'delivered',
        outcomeCode: end?.code ?? null,
        nextAt: now,
      }),
    );
    events.emit('message', message);
    this.#delivery.start(message);
  }

  /** What Twilio would show in its debugger goes into the request log. */
  #note(answer: InboundAnswer, what: string): void {
    const { pathname, search } = new URL(answer.url);
    this.#context.log.add({
      at: this.#context.clock.now(),
      way: 'to-app',
      method: answer.delivery.method,
      path: pathname + search,
      url: answer.url,
      status: answer.status,
      tookMs: 0,
      what,
      accountSid: answer.delivery.accountSid,
      messageSid: answer.delivery.messageSid,
      signature: 'none',
      signed: null,
      params: {},
      answer: answer.body.slice(0, 2000),
    });
  }
}

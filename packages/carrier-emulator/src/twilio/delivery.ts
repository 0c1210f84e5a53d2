import type { Context } from '../context.ts';
import { chance } from '../random.ts';
import type { Message, MessageStatus } from '../store/messages.ts';
import { errorMessage } from './errors.ts';
import { API_VERSION } from './resources.ts';
import type { Webhooks } from './webhooks.ts';

/**
 * The way of an outbound message:
 *
 *   scheduled ─┐            ┌─> failed
 *   accepted ──┴─> queued ──┴─> sending ──> sent ──> delivered | undelivered | (stays sent)
 *
 * Its end is decided at acceptance (outcome) and reached step by step; every step is stored with the time of the next,
 * so a restart goes on where it stopped. A callback is made for queued (only when it is not the first status), sent
 * and the end: never for the first status, which the answer to the POST already told.
 */
export class DeliverySteps {
  readonly #context: Context;
  readonly #webhooks: Webhooks;
  /** Messages on their way, by n: read from memory at each step, for a busy emulator makes thousands a second. */
  readonly #moving = new Map<number, Message>();
  #steps = 0;

  constructor(context: Context, webhooks: Webhooks) {
    this.#context = context;
    this.#webhooks = webhooks;
  }

  /** Takes up what an earlier process left. */
  resume(): void {
    for (const message of this.#context.messages.unfinished()) this.start(message);
  }

  /** Begins to move a stored message along, at its nextAt. */
  start(message: Message): void {
    const { n, nextAt } = message;
    if (nextAt === null) {
      this.#moving.delete(n);
      return;
    }
    this.#moving.set(n, message);
    this.#context.scheduler.at(nextAt, () => this.#step(n));
  }

  /** Takes a message off its way: it was canceled. */
  stop(n: number): void {
    this.#moving.delete(n);
  }

  /** Takes all off their way: they were forgotten. */
  stopAll(): void {
    this.#moving.clear();
  }

  /** When the step after one at `now` comes, in milliseconds since 1970. */
  nextStepAt(now: number): number {
    const { stepMs } = this.#context.timing;
    return now + Math.round(stepMs * (0.5 + chance(this.#context.seed, 'step', this.#steps++)));
  }

  #step(n: number): void {
    const { messages, clock, events } = this.#context;
    const message = this.#moving.get(n);
    if (!message) return;
    const now = clock.now();
    const next = nextStatus(message, now);
    message.status = next;
    message.updatedAt = now;
    if (next === 'failed' || next === 'undelivered') {
      // Failing without having been meant to: its ValidityPeriod ran out.
      message.errorCode = next === message.outcome ? (message.outcomeCode ?? 30008) : 30036;
      message.errorMessage = errorMessage(message.errorCode);
    }
    if (next === 'sent' || next === 'failed') message.sentAt = now;
    const ended = isEnd(message);
    if (next === 'delivered' || (next === 'sent' && ended)) message.arrivedAt = now;
    message.nextAt = ended ? null : this.nextStepAt(now);
    messages.saveStep(message);
    if (message.statusCallback && next !== 'sending') this.#callBack(message, now);
    events.emit('message', message);
    this.start(message);
  }

  #callBack(m: Message, now: number): void {
    const params: Record<string, string> = {
      AccountSid: m.accountSid,
      ApiVersion: API_VERSION,
      From: m.sender,
      MessageSid: m.sid,
      MessageStatus: m.status,
      SmsSid: m.sid,
      SmsStatus: m.status,
      To: m.recipient,
    };
    if (m.serviceSid) params.MessagingServiceSid = m.serviceSid;
    if (m.status === 'delivered' || m.status === 'undelivered') {
      params.RawDlrDoneDate = new Date(now)
        .toISOString()
        .replace(/^20|[-T:]/g, '')
        .slice(0, 10);
    }
    if (m.errorCode !== null) {
      params.ErrorCode = String(m.errorCode);
      params.ErrorMessage = m.errorMessage ?? '';
    }
    this.#webhooks.enqueue({
      accountSid: m.accountSid,
      messageSid: m.sid,
      kind: 'status',
      url: m.statusCallback as string,
      method: 'POST',
      params,
    });
  }
}

/** The status that follows. `now` decides whether a message has waited longer than its ValidityPeriod. */
export function nextStatus(m: Pick<Message, 'status' | 'outcome' | 'validUntil'>, now: number): MessageStatus {
  switch (m.status) {
    case 'accepted':
    case 'scheduled':
      return 'queued';
    case 'queued':
      return m.outcome === 'failed' || (m.validUntil !== null && now > m.validUntil) ? 'failed' : 'sending';
    case 'sending':
      return 'sent';
    case 'sent':
      return m.outcome === 'undelivered' ? 'undelivered' : 'delivered';
    default:
      throw new Error(`${m.status} has no next status`);
  }
}

/** Is this where the message rests? */
export function isEnd(m: Pick<Message, 'status' | 'outcome'>): boolean {
  return (
    m.status === 'delivered' ||
    m.status === 'undelivered' ||
    m.status === 'failed' ||
    m.status === 'canceled' ||
    m.status === 'received' ||
    (m.status === 'sent' && m.outcome === 'sent')
  );
}

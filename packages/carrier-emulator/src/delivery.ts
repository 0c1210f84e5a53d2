import type { Context } from './context.ts';
import { chance } from './random.ts';
import type { CarrierName } from './store/accounts.ts';
import type { Message, MessageStatus } from './store/messages.ts';

/** What is each carrier's own in a message's way. */
export interface CarrierSteps {
  /** Code of a message that waited longer than it was valid. */
  readonly expired: number;
  /** Code of an end that was given none. */
  readonly unknownError: number;
  errorMessage(code: number): string;
  /** Tells the app of the status just reached, where the carrier would. */
  announce(message: Message, now: number): void;
}

/**
 * The way of an outbound message:
 *
 *   scheduled ─┐            ┌─> failed
 *   accepted ──┴─> queued ──┴─> sending ──> sent ──> delivered | undelivered | expired | unconfirmed | (stays sent)
 *
 * Its end is decided at acceptance (outcome) and reached step by step; every step is stored with the time of the next,
 * so a restart goes on where it stopped. Between queued and sending it waits for its sender's turn, if that has a pace.
 */
export class DeliverySteps {
  readonly #context: Context;
  readonly #carriers: Record<CarrierName, CarrierSteps>;
  /** Messages on their way, by n: read from memory at each step, for a busy emulator makes thousands a second. */
  readonly #moving = new Map<number, Message>();
  #steps = 0;

  constructor(context: Context, carriers: Record<CarrierName, CarrierSteps>) {
    this.#context = context;
    this.#carriers = carriers;
  }

  /** Takes up what an earlier process left. */
  resume(): void {
    const { messages, queues, accounts } = this.#context;
    for (const message of messages.unfinished()) {
      queues.restore(message, accounts.paceOf(message.accountSid, message.sender));
      this.start(message);
    }
  }

  /** Begins to move a stored message along, at its nextAt. */
  start(message: Message): void {
    const { n, nextAt } = message;
    if (nextAt === null) {
      this.#moving.delete(n);
      return;
    }
    this.#moving.set(n, message);
    this.#context.scheduler.at(nextAt, () => this.#step(n, nextAt));
  }

  /** A message on its way, as it is now. */
  moving(n: number): Message | undefined {
    return this.#moving.get(n);
  }

  /** Takes a message off its way: it was canceled. */
  stop(n: number): void {
    this.#moving.delete(n);
  }

  /** Takes all off their way: they were forgotten. */
  stopAll(): void {
    this.#moving.clear();
    this.#context.queues.clear();
  }

  /** When the step after one at `now` comes, in milliseconds since 1970. */
  nextStepAt(now: number): number {
    const { stepMs } = this.#context.timing;
    return now + Math.round(stepMs * (0.5 + chance(this.#context.seed, 'step', this.#steps++)));
  }

  /** When a queued message is sent: at its sender's turn, or when it expires before that. */
  leavesQueueAt(message: Pick<Message, 'slotAt' | 'validUntil'>, now: number): number {
    const turn = Math.max(this.nextStepAt(now), message.slotAt ?? 0);
    return message.validUntil === null ? turn : Math.min(turn, message.validUntil + 1);
  }

  #step(n: number, dueAt: number): void {
    const { messages, clock, events, accounts, queues } = this.#context;
    const message = this.#moving.get(n);
    const account = message && accounts.account(message.accountSid);
    // Canceled or put off meanwhile, or its account is gone.
    if (!message || !account || message.nextAt !== dueAt) return;
    const carrier = this.#carriers[account.carrier];
    const now = clock.now();
    const next = nextStatus(message, now);
    // What will fail before it is sent takes no place: a full queue is one of the reasons to fail.
    if (next === 'queued' && message.slotAt === null && message.outcome !== 'failed') {
      const pace = accounts.paceOf(message.accountSid, message.sender);
      message.slotAt = queues.take(message.sender, message.numSegments, pace, now);
    }
    message.status = next;
    message.updatedAt = now;
    if (next === 'failed' || next === 'undelivered' || next === 'expired') {
      // Failing without having been meant to: its validity ran out.
      message.errorCode = next === message.outcome ? (message.outcomeCode ?? carrier.unknownError) : carrier.expired;
      message.errorMessage = carrier.errorMessage(message.errorCode);
    }
    if (next === 'sent' || next === 'failed') message.sentAt = now;
    const ended = isEnd(message);
    if (next === 'delivered' || (next === 'sent' && ended)) message.arrivedAt = now;
    message.nextAt = ended ? null : next === 'queued' ? this.leavesQueueAt(message, now) : this.nextStepAt(now);
    messages.saveStep(message);
    carrier.announce(message, now);
    events.emit('message', message);
    this.start(message);
  }
}

/** The status that follows. `now` decides whether a message has waited longer than it is valid. */
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
      return m.outcome === null || m.outcome === 'sent' || m.outcome === 'failed' ? 'delivered' : m.outcome;
    default:
      throw new Error(`${m.status} has no next status`);
  }
}

const ENDS: ReadonlySet<MessageStatus> = new Set([
  'delivered',
  'undelivered',
  'unconfirmed',
  'failed',
  'expired',
  'canceled',
  'received',
]);

/** Is this where the message rests? */
export function isEnd(m: Pick<Message, 'status' | 'outcome'>): boolean {
  return ENDS.has(m.status) || (m.status === 'sent' && m.outcome === 'sent');
}

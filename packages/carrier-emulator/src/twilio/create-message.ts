import { contentTypeOf } from '../content-types.ts';
import type { Context } from '../context.ts';
import type { DeliverySteps } from '../delivery.ts';
import { draft } from '../drafts.ts';
import type { OwnFaults } from '../faults.ts';
import { formatNumber, isShortCode, toE164 } from '../phone-numbers.ts';
import { countSegments } from '../segments.ts';
import { newSid } from '../sids.ts';
import type { Account, MessagingService } from '../store/accounts.ts';
import type { Message, Outcome } from '../store/messages.ts';
import type { Application } from './applications.ts';
import { TwilioError } from './errors.ts';
import type { Form } from './form.ts';
import { magicOutcome, outcomeOfCode, REFUSED_SENDERS, refusedRecipient, VALID_SENDER } from './magic-numbers.ts';
import { optOutScope } from './opt-out.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const LONGEST_BODY = 1600;
const MOST_MEDIA = 10;
/** Ten hours in seconds: what Twilio keeps a message for when nothing else is said. */
const LONGEST_VALIDITY = 36_000;

/**
 * POST Messages: checks what Twilio checks, in its order, and accepts the message.
 * @throws TwilioError with the code Twilio answers.
 */
export function createMessage(
  context: Context,
  delivery: DeliverySteps,
  account: Account,
  form: Form,
  faults: OwnFaults | null,
): Message {
  const now = context.clock.now();
  const to = form.text('To')?.trim();
  const from = form.text('From')?.trim();
  const serviceSid = form.text('MessagingServiceSid')?.trim();
  const body = (form.text('Body') ?? '').toWellFormed();
  const mediaUrls = form.list('MediaUrl').filter((url) => url !== '');

  if (!to) throw new TwilioError(21604);
  if (!from && !serviceSid) throw new TwilioError(21603);
  if (body === '' && mediaUrls.length === 0 && !form.text('ContentSid')) throw new TwilioError(21619);
  if (body.length > LONGEST_BODY) throw new TwilioError(21617);
  if (mediaUrls.length > MOST_MEDIA) throw new TwilioError(21623);
  if (mediaUrls.some((url) => !isHttpUrl(url))) throw new TwilioError(21620);
  const application = findApplication(context, account, form.text('ApplicationSid'));
  const callback = form.text('StatusCallback') || application?.messageStatusCallback;
  if (callback && !isCallbackUrl(callback))
    throw new TwilioError(21609, `The StatusCallback URL ${callback} is not valid.`);
  const validity = wholeNumber(form, 'ValidityPeriod', 1, 36_000);

  const recipient = toE164(to);
  const refused = recipient && refusedRecipient(recipient);
  if (refused) throw new TwilioError(refused);
  if (!recipient) throw new TwilioError(21211, `Invalid 'To' Phone Number: ${to}`);
  const service = serviceSid ? findService(context, account, serviceSid) : undefined;
  const sender = from ? checkSender(context, account, from) : chooseSender(context, service, recipient, now);
  if (sender === recipient) throw new TwilioError(21266);
  const scope = service?.sid ?? optOutScope(context, sender);
  if (context.handsets.optedOut(account.sid, scope, recipient)) throw new TwilioError(21610);

  const sendAt = service ? scheduledTime(form, now) : null;
  const overflow = context.queues.ahead(sender, now) > account.limits.queueSeconds * 1000;
  if (overflow && !service) throw new TwilioError(21611);
  const end = overflow ? outcomeOfCode(30001) : decideEnd(context, account.sid, recipient, faults);
  const segments = countSegments(body).count;
  const slotAt =
    sendAt === null && !overflow
      ? context.queues.take(sender, segments, context.accounts.paceOf(account.sid, sender), now)
      : null;
  const valid = validity ?? (service && service.validityPeriod < LONGEST_VALIDITY ? service.validityPeriod : null);
  const validUntil = valid === null ? null : (sendAt ?? now) + valid * 1000;
  const nextAt = sendAt ?? (service ? delivery.nextStepAt(now) : delivery.leavesQueueAt({ slotAt, validUntil }, now));
  const fields = draft({
    sid: newSid(mediaUrls.length > 0 ? 'MM' : 'SM'),
    accountSid: account.sid,
    direction: 'outbound-api',
    sender,
    recipient,
    body,
    status: sendAt !== null ? 'scheduled' : service ? 'accepted' : 'queued',
    numSegments: segments,
    media: mediaUrls.map((url) => ({ sid: newSid('ME'), url, contentType: contentTypeOf(url) })),
    serviceSid: service?.sid ?? null,
    statusCallback: callback || service?.statusCallback || null,
    createdAt: now,
    outcome: end.outcome,
    outcomeCode: end.code,
    nextAt,
    validUntil,
    slotAt,
    extra: faults && { faults },
  });
  const message = context.messages.add(fields);
  context.events.emit('message', message);
  delivery.start(message);
  return message;
}

function checkSender(context: Context, account: Account, from: string): string {
  const sender = isShortCode(from) ? from : toE164(from);
  if (!sender) throw new TwilioError(21212, `Invalid From Number (caller ID): ${from}`);
  const refused = REFUSED_SENDERS[sender];
  if (refused) throw new TwilioError(refused);
  if (sender !== VALID_SENDER && context.accounts.number(sender)?.accountSid !== account.sid) {
    throw new TwilioError(
      21606,
      `The 'From' phone number ${formatNumber(sender)} is not a valid, SMS-capable number of your account.`,
    );
  }
  return sender;
}

function findService(context: Context, account: Account, sid: string): MessagingService {
  const service = context.accounts.services.of(account.sid, sid);
  if (!service) throw new TwilioError(21705, `The Messaging Service Sid ${sid} is invalid`);
  return service;
}

function findApplication(context: Context, account: Account, sid: string | undefined): Application | undefined {
  if (!sid) return undefined;
  const application = context.applications.of(account.sid, sid);
  if (!application) throw new TwilioError(20404, `The requested resource /Applications/${sid} was not found`);
  return application;
}

/**
 * The number of the pool that this person knows already (sticky sender); else of those with the person's area code
 * (geomatch), if there are any, the one with the shortest queue.
 */
function chooseSender(context: Context, service: MessagingService | undefined, recipient: string, now: number): string {
  const pool = service?.numbers ?? [];
  const known = service?.stickySender ? context.messages.lastSender(pool, recipient) : undefined;
  if (known) return known;
  const area = recipient.slice(0, 5);
  const near = service?.areaCodeGeomatch ? pool.filter((number) => number.startsWith(area)) : [];
  let best: string | undefined;
  for (const number of near.length > 0 ? near : pool) {
    if (best === undefined || context.queues.ahead(number, now) < context.queues.ahead(best, now)) best = number;
  }
  if (!best) throw new TwilioError(21703);
  return best;
}

/** SendAt with ScheduleType=fixed, 15 minutes to 35 days ahead. Without a Messaging Service Twilio ignores both. */
function scheduledTime(form: Form, now: number): number | null {
  const sendAt = form.text('SendAt');
  if (form.text('ScheduleType') !== 'fixed' || !sendAt) return null;
  const at = Date.parse(sendAt);
  if (Number.isNaN(at) || at < now + 15 * MINUTE || at > now + 35 * DAY) throw new TwilioError(35114);
  return at;
}

/** How the message will end: by fault, by a phone that is switched off, by magic number, else delivered. */
function decideEnd(
  context: Context,
  accountSid: string,
  recipient: string,
  own: OwnFaults | null,
): { outcome: Outcome; code: number | null } {
  const { faults } = context;
  const failed = faults.hit(accountSid, 'send:failed', own);
  if (failed) return { outcome: 'failed', code: failed.code ?? 30008 };
  const undelivered = faults.hit(accountSid, 'send:undelivered', own);
  if (undelivered) return { outcome: 'undelivered', code: undelivered.code ?? 30003 };
  if (faults.hit(accountSid, 'send:no-report', own)) return { outcome: 'sent', code: null };
  if (context.handsets.get(recipient)?.reachable === false) return outcomeOfCode(30003);
  return magicOutcome(recipient) ?? { outcome: 'delivered', code: null };
}

function wholeNumber(form: Form, name: string, least: number, most: number): number | null {
  const text = form.text(name);
  if (text === undefined || text === '') return null;
  const value = Number(text);
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new TwilioError(20001, `${name} must be a whole number from ${least} to ${most}`);
  }
  return value;
}

function isHttpUrl(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && (url.protocol === 'http:' || url.protocol === 'https:');
}

/** Twilio refuses hosts with an underscore. */
function isCallbackUrl(text: string): boolean {
  return isHttpUrl(text) && !new URL(text).hostname.includes('_');
}

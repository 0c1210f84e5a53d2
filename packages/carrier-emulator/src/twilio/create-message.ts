import type { Context } from '../context.ts';
import { formatNumber, isShortCode, toE164 } from '../phone-numbers.ts';
import { countSegments } from '../segments.ts';
import { newSid } from '../sids.ts';
import type { Account, MessagingService } from '../store/accounts.ts';
import type { Message, Outcome } from '../store/messages.ts';
import type { DeliverySteps } from './delivery.ts';
import { TwilioError } from './errors.ts';
import type { Form } from './form.ts';
import { magicOutcome, outcomeOfCode, REFUSED_RECIPIENTS, REFUSED_SENDERS, VALID_SENDER } from './magic-numbers.ts';
import { optOutScope } from './opt-out.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const LONGEST_BODY = 1600;
const MOST_MEDIA = 10;

/**
 * POST Messages: checks what Twilio checks, in its order, and accepts the message.
 * @throws TwilioError with the code Twilio answers.
 */
export function createMessage(context: Context, delivery: DeliverySteps, account: Account, form: Form): Message {
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
  const callback = form.text('StatusCallback');
  if (callback && !isCallbackUrl(callback))
    throw new TwilioError(21609, `The StatusCallback URL ${callback} is not valid.`);
  const validity = wholeNumber(form, 'ValidityPeriod', 1, 36_000);

  const recipient = toE164(to);
  if (recipient && REFUSED_RECIPIENTS[recipient]) throw new TwilioError(REFUSED_RECIPIENTS[recipient]);
  if (!recipient) throw new TwilioError(21211, `Invalid 'To' Phone Number: ${to}`);
  const service = serviceSid ? findService(context, account, serviceSid) : undefined;
  const sender = from ? checkSender(context, account, from) : chooseSender(context, service, recipient);
  if (sender === recipient) throw new TwilioError(21266);
  const scope = service?.sid ?? optOutScope(context, sender);
  if (context.handsets.optedOut(account.sid, scope, recipient)) throw new TwilioError(21610);

  const sendAt = service ? scheduledTime(form, now) : null;
  const end = decideEnd(context, account.sid, recipient);
  const message = context.messages.add({
    sid: newSid(mediaUrls.length > 0 ? 'MM' : 'SM'),
    accountSid: account.sid,
    direction: 'outbound-api',
    sender,
    recipient,
    body,
    status: sendAt !== null ? 'scheduled' : service ? 'accepted' : 'queued',
    numSegments: countSegments(body).count,
    media: mediaUrls.map((url) => ({ sid: newSid('ME'), url, contentType: contentTypeOf(url) })),
    serviceSid: service?.sid ?? null,
    errorCode: null,
    errorMessage: null,
    statusCallback: callback || service?.statusCallback || null,
    createdAt: now,
    updatedAt: now,
    sentAt: null,
    arrivedAt: null,
    outcome: end.outcome,
    outcomeCode: end.code,
    nextAt: sendAt ?? delivery.nextStepAt(now),
    validUntil: validity === null ? null : (sendAt ?? now) + validity * 1000,
    webhookState: null,
    webhookStatus: null,
    webhookMs: null,
    webhookTries: null,
  });
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
  const service = context.accounts.service(sid);
  if (service?.accountSid !== account.sid) throw new TwilioError(21705, `The Messaging Service Sid ${sid} is invalid`);
  return service;
}

/** The sender of the service that this person knows already, else the first of its pool. */
function chooseSender(context: Context, service: MessagingService | undefined, recipient: string): string {
  const pool = service?.numbers ?? [];
  const sender = context.messages.lastSender(pool, recipient) ?? pool[0];
  if (!sender) throw new TwilioError(21703);
  return sender;
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
function decideEnd(context: Context, accountSid: string, recipient: string): { outcome: Outcome; code: number | null } {
  const { faults } = context;
  const failed = faults.hit(accountSid, 'send:failed');
  if (failed) return { outcome: 'failed', code: failed.code ?? 30008 };
  const undelivered = faults.hit(accountSid, 'send:undelivered');
  if (undelivered) return { outcome: 'undelivered', code: undelivered.code ?? 30003 };
  if (faults.hit(accountSid, 'send:no-report')) return { outcome: 'sent', code: null };
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

const CONTENT_TYPES: Record<string, string> = {
  gif: 'image/gif',
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
  mp3: 'audio/mpeg',
  mp4: 'video/mp4',
  pdf: 'application/pdf',
  png: 'image/png',
  vcf: 'text/vcard',
  webp: 'image/webp',
};

function contentTypeOf(url: string): string {
  const extension = /\.([a-z0-9]+)$/i.exec(new URL(url).pathname)?.[1]?.toLowerCase() ?? '';
  return CONTENT_TYPES[extension] ?? 'image/jpeg';
}

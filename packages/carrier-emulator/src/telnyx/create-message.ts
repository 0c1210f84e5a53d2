import { randomUUID } from 'node:crypto';
import { contentTypeOf } from '../content-types.ts';
import type { Context } from '../context.ts';
import type { DeliverySteps } from '../delivery.ts';
import { draft } from '../drafts.ts';
import type { OwnFaults } from '../faults.ts';
import { isShortCode, placeOf, toE164 } from '../phone-numbers.ts';
import { countSegments } from '../segments.ts';
import type { Account, OwnedNumber } from '../store/accounts.ts';
import type { Message, Outcome } from '../store/messages.ts';
import { Body } from './body.ts';
import { TelnyxError } from './errors.ts';
import { magicOutcome, outcomeOfCode, refusedRecipient } from './magic-numbers.ts';
import type { MessagingProfile } from './resources.ts';

/** The ways to send, by address: what each needs. */
export type SendKind = 'any' | 'long_code' | 'short_code' | 'number_pool' | 'schedule';

const MOST_PARTS = 10;
const MOST_MEDIA = 10;
const HOUR = 3_600_000;

/**
 * POST /messages and its variants: checks what Telnyx checks, and accepts the message.
 * @throws TelnyxError with the code Telnyx answers.
 */
export function createMessage(
  context: Context,
  delivery: DeliverySteps,
  account: Account,
  raw: unknown,
  kind: SendKind,
  faults: OwnFaults | null,
): Message {
  const { queues, accounts, handsets, messages, events, clock } = context;
  const now = clock.now();
  const body = new Body(raw);
  const recipient = readRecipient(body);
  const { sender, profile } = chooseSender(context, account, body, kind, recipient, now);
  const content = readContent(body);
  const refused = refusedRecipient(recipient);
  if (refused) throw new TelnyxError(refused);
  if (!profile.enabled) throw new TelnyxError(40312);
  const { country } = placeOf(recipient);
  if (!profile.whitelisted_destinations.some((one) => one === '*' || one === country)) {
    throw new TelnyxError(40309, `The destination ${country} is not among the profile's whitelisted destinations.`);
  }
  if (handsets.optedOut(account.sid, profile.sid, recipient)) {
    throw new TelnyxError(
      40300,
      `Messages cannot be sent from '${sender}' to '${recipient}' due to an existing block rule.`,
    );
  }
  if (queues.ahead(sender, now) > account.limits.queueSeconds * 1000) throw new TelnyxError(40318);

  const sendAt = readSendAt(body, kind, now);
  const webhookUrl = body.url('webhook_url');
  const failoverUrl = body.url('webhook_failover_url');
  const segments = countSegments(content.text).count;
  const slotAt = sendAt === null ? queues.take(sender, segments, accounts.paceOf(account.sid, sender), now) : null;
  const validUntil = (sendAt ?? now) + HOUR;
  const end = decideEnd(context, account.sid, recipient, faults);
  const extra = {
    ...(faults ? { faults } : {}),
    ...(content.subject === undefined ? {} : { subject: content.subject }),
    ...(content.encoding ? { encoding: content.encoding } : {}),
    ...(failoverUrl ? { failoverUrl } : {}),
    ...(body.flag('use_profile_webhooks') === false ? { ownWebhooksOnly: true } : {}),
  };
  const message = messages.add(
    draft({
      sid: randomUUID(),
      accountSid: account.sid,
      direction: 'outbound-api',
      sender,
      recipient,
      body: content.text,
      status: sendAt === null ? 'queued' : 'scheduled',
      numSegments: segments,
      media: content.media.map((url) => ({ sid: randomUUID(), url, contentType: contentTypeOf(url) })),
      serviceSid: profile.sid,
      statusCallback: webhookUrl ?? null,
      createdAt: now,
      outcome: end.outcome,
      outcomeCode: end.code,
      nextAt: sendAt ?? delivery.leavesQueueAt({ slotAt, validUntil }, now),
      validUntil,
      slotAt,
      extra: Object.keys(extra).length > 0 ? extra : null,
    }),
  );
  events.emit('message', message);
  delivery.start(message);
  return message;
}

/** `to` is one number, alone or as the only one of a list. */
function readRecipient(body: Body): string {
  const to = Array.isArray(body.raw.to) && body.raw.to.length === 1 ? body.raw.to[0] : body.raw.to;
  if (to === undefined || to === null || to === '') {
    throw new TelnyxError(10004, "The 'to' parameter is required and cannot be blank.", '/to');
  }
  const e164 = typeof to === 'string' && to.startsWith('+') ? toE164(to) : null;
  if (!e164) throw new TelnyxError(40310, `The 'to' address should be in +E.164 format: ${JSON.stringify(to)}`, '/to');
  return e164;
}

interface Content {
  text: string;
  media: string[];
  subject: string | undefined;
  encoding: 'GSM-7' | 'UCS-2' | undefined;
}

function readContent(body: Body): Content {
  const text = (body.text('text') ?? '').toWellFormed();
  const media = (body.list('media_urls') ?? []).filter((url) => url !== '');
  const subject = body.text('subject');
  const type = body.one('type', ['SMS', 'MMS']) ?? (media.length > 0 ? 'MMS' : 'SMS');
  if (text === '' && media.length === 0) throw new TelnyxError(40316);
  if (type === 'SMS' && media.length > 0) throw new TelnyxError(40304, 'An SMS cannot have media.');
  if (media.length > MOST_MEDIA) throw new TelnyxError(40317, `More than ${MOST_MEDIA} media are not allowed.`);
  if (media.some((url) => !/^https?:$/.test(URL.parse(url)?.protocol ?? ''))) throw new TelnyxError(40317);
  const counted = countSegments(text);
  if (type === 'SMS' && counted.count > MOST_PARTS) {
    throw new TelnyxError(40302, `The message has ${counted.count} parts; at most ${MOST_PARTS} are sent.`);
  }
  const asked = body.one('encoding', ['auto', 'gsm7', 'ucs2']);
  if (asked === 'gsm7' && counted.encoding !== 'GSM-7') {
    throw new TelnyxError(10015, 'The text has characters that GSM-7 lacks.', '/encoding');
  }
  return {
    text,
    media,
    // An MMS without pictures has a subject, if an empty one: it is what makes it one.
    subject: type === 'MMS' ? (subject ?? (media.length > 0 ? undefined : '')) : undefined,
    encoding: asked === 'ucs2' ? 'UCS-2' : undefined,
  };
}

/** The number named, or one of the profile's pool. */
function chooseSender(
  context: Context,
  account: Account,
  body: Body,
  kind: SendKind,
  recipient: string,
  now: number,
): { sender: string; profile: MessagingProfile } {
  const profileId = kind === 'number_pool' ? body.needed('messaging_profile_id') : body.text('messaging_profile_id');
  const named = profileId ? context.profiles.of(account.sid, profileId) : undefined;
  if (profileId && !named) {
    throw new TelnyxError(10015, `The messaging profile ${profileId} does not exist.`, '/messaging_profile_id');
  }
  const from = kind === 'number_pool' ? undefined : body.text('from');
  if (!from) {
    if (!named) throw new TelnyxError(10004, "The 'from' parameter is required and cannot be blank.", '/from');
    return { sender: fromPool(context, named, recipient, now), profile: named };
  }
  const number = ownNumber(context, account, from);
  if (kind === 'long_code' && isShortCode(number.e164)) throw new TelnyxError(40305, undefined, '/from');
  if (kind === 'short_code' && !isShortCode(number.e164)) throw new TelnyxError(40305, undefined, '/from');
  const profile = number.messagingProfileId ? context.profiles.get(number.messagingProfileId) : undefined;
  if (!profile || (named && named.sid !== profile.sid)) {
    const of = named ? 'the messaging profile given' : 'a messaging profile';
    throw new TelnyxError(40305, `The 'from' address ${from} is not associated with ${of}.`, '/from');
  }
  return { sender: number.e164, profile };
}

function ownNumber(context: Context, account: Account, from: string): OwnedNumber {
  const sender = isShortCode(from) ? from : from.startsWith('+') ? toE164(from) : null;
  const number = sender === null ? undefined : context.accounts.number(sender);
  if (number?.accountSid !== account.sid) {
    throw new TelnyxError(40305, `The 'from' address ${from} is not one of your numbers.`, '/from');
  }
  return number;
}

function fromPool(context: Context, profile: MessagingProfile, recipient: string, now: number): string {
  const settings = profile.number_pool_settings;
  const all = context.accounts.numbersOf(profile.accountSid).filter((one) => one.messagingProfileId === profile.sid);
  const pool = settings ? all.map((one) => one.e164) : [];
  const known = settings?.sticky_sender ? context.messages.lastSender(pool, recipient) : undefined;
  if (known) return known;
  const near = settings?.geomatch ? pool.filter((e164) => e164.startsWith(recipient.slice(0, 5))) : [];
  const [best] = (near.length > 0 ? near : pool).sort(
    (a, b) => context.queues.ahead(a, now) - context.queues.ahead(b, now),
  );
  if (!best) throw new TelnyxError(40321);
  return best;
}

function readSendAt(body: Body, kind: SendKind, now: number): number | null {
  const text = body.text('send_at');
  if (text === undefined) {
    if (kind === 'schedule') throw new TelnyxError(10004, "The 'send_at' parameter is required.", '/send_at');
    return null;
  }
  const at = Date.parse(text);
  if (Number.isNaN(at) || at <= now) throw new TelnyxError(10015, "'send_at' must be in the future.", '/send_at');
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
  if (failed) return { outcome: 'failed', code: outcomeOfCode(failed.code ?? 40012).code };
  const undelivered = faults.hit(accountSid, 'send:undelivered', own);
  if (undelivered) return { outcome: 'undelivered', code: outcomeOfCode(undelivered.code ?? 40008).code };
  if (faults.hit(accountSid, 'send:no-report', own)) return { outcome: 'sent', code: null };
  if (context.handsets.get(recipient)?.reachable === false) return outcomeOfCode(40008);
  return magicOutcome(recipient) ?? { outcome: 'delivered', code: null };
}

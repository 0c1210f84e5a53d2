import type { Context } from '../context.ts';
import { draft } from '../drafts.ts';
import { askedFaults } from '../own-faults.ts';
import { placeOf } from '../phone-numbers.ts';
import { newSid } from '../sids.ts';
import type { OwnedNumber } from '../store/accounts.ts';
import type { Media, Message } from '../store/messages.ts';
import { applyOptOutWord } from './opt-out.ts';
import type { Replies } from './replies.ts';
import { API_VERSION, accountPath } from './resources.ts';
import type { Webhooks } from './webhooks.ts';

/**
 * A text from a person to a carrier number: stored, applied to the opt-out list, answered by the carrier where STOP,
 * START or HELP ask for it, and handed to the app. The app hears of opt-out words too.
 */
export function receiveText(
  context: Context,
  webhooks: Webhooks,
  replies: Replies,
  number: OwnedNumber,
  person: string,
  body: string,
  media: Omit<Media, 'sid'>[],
): Message {
  const now = context.clock.now();
  const service = context.accounts.serviceOfNumber(number.e164);
  const target = webhookTarget(context, number);
  const faults = askedFaults(undefined, body);
  const message = context.messages.add(
    draft({
      sid: newSid(media.length > 0 ? 'MM' : 'SM'),
      accountSid: number.accountSid,
      direction: 'inbound',
      sender: person,
      recipient: number.e164,
      body,
      status: 'received',
      media: media.map((item) => ({ sid: newSid('ME'), ...item })),
      serviceSid: service?.sid ?? null,
      createdAt: now,
      sentAt: now,
      webhookState: target ? 'pending' : 'none',
      extra: faults && { faults },
    }),
  );
  context.events.emit('message', message);
  const word = applyOptOutWord(context, number.accountSid, number.e164, person, body);
  if (word.answer) replies.fromCarrier(number, person, word.answer);
  if (target) {
    webhooks.enqueue({
      accountSid: number.accountSid,
      messageSid: message.sid,
      kind: 'inbound',
      ...target,
      params: { ...inboundParams(context, message), ...(word.optOutType ? { OptOutType: word.optOutType } : {}) },
      faults: faults ?? undefined,
    });
  }
  return message;
}

/** The Messaging Service decides, then the number's application, then the number. */
function webhookTarget(context: Context, number: OwnedNumber): { url: string; method: 'POST' | 'GET' } | null {
  const service = context.accounts.serviceOfNumber(number.e164);
  if (service && !service.useInboundWebhookOnNumber) {
    return service.inboundUrl ? { url: service.inboundUrl, method: service.inboundMethod } : null;
  }
  const application = context.applications.of(number.accountSid, number.smsApplicationSid);
  if (application) return application.smsUrl ? { url: application.smsUrl, method: application.smsMethod } : null;
  return number.smsUrl ? { url: number.smsUrl, method: number.smsMethod } : null;
}

/** The form of Twilio's incoming-message webhook. */
function inboundParams(context: Context, m: Message): Record<string, string> {
  const params: Record<string, string> = {
    AccountSid: m.accountSid,
    ApiVersion: API_VERSION,
    Body: m.body,
    From: m.sender,
    MessageSid: m.sid,
    NumMedia: String(m.media.length),
    NumSegments: String(m.numSegments),
    SmsMessageSid: m.sid,
    SmsSid: m.sid,
    SmsStatus: 'received',
    To: m.recipient,
  };
  if (m.serviceSid) params.MessagingServiceSid = m.serviceSid;
  for (const [side, address] of [
    ['From', m.sender],
    ['To', m.recipient],
  ] as const) {
    const place = placeOf(address);
    params[`${side}City`] = place.city;
    params[`${side}State`] = place.state;
    params[`${side}Zip`] = place.zip;
    params[`${side}Country`] = place.country;
  }
  for (const [i, media] of m.media.entries()) {
    params[`MediaUrl${i}`] = `${context.url()}${accountPath(m.accountSid)}/Messages/${m.sid}/Media/${media.sid}`;
    params[`MediaContentType${i}`] = media.contentType;
  }
  return params;
}

import type { Context } from '../context.ts';
import { placeOf } from '../phone-numbers.ts';
import { countSegments } from '../segments.ts';
import { newSid } from '../sids.ts';
import type { OwnedNumber } from '../store/accounts.ts';
import type { Message } from '../store/messages.ts';
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
  media: { url: string; contentType: string }[],
): Message {
  const now = context.clock.now();
  const service = context.accounts.serviceOfNumber(number.e164);
  const target = webhookTarget(context, number);
  const message = context.messages.add({
    sid: newSid(media.length > 0 ? 'MM' : 'SM'),
    accountSid: number.accountSid,
    direction: 'inbound',
    sender: person,
    recipient: number.e164,
    body,
    status: 'received',
    numSegments: countSegments(body).count,
    media: media.map((item) => ({ sid: newSid('ME'), ...item })),
    serviceSid: service?.sid ?? null,
    errorCode: null,
    errorMessage: null,
    statusCallback: null,
    createdAt: now,
    updatedAt: now,
    sentAt: now,
    arrivedAt: null,
    outcome: null,
    outcomeCode: null,
    nextAt: null,
    validUntil: null,
    webhookState: target ? 'pending' : 'none',
    webhookStatus: null,
    webhookMs: null,
    webhookTries: null,
  });
  context.events.emit('message', message);
  const answer = applyOptOutWord(context, number.accountSid, number.e164, person, body);
  if (answer) replies.fromCarrier(number, person, answer);
  if (target) {
    webhooks.enqueue({
      accountSid: number.accountSid,
      messageSid: message.sid,
      kind: 'inbound',
      ...target,
      params: inboundParams(context, message),
    });
  }
  return message;
}

function webhookTarget(context: Context, number: OwnedNumber): { url: string; method: 'POST' | 'GET' } | null {
  const service = context.accounts.serviceOfNumber(number.e164);
  if (service && !service.useInboundWebhookOnNumber) {
    return service.inboundUrl ? { url: service.inboundUrl, method: 'POST' } : null;
  }
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

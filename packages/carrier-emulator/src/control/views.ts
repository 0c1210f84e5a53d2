import type { Context } from '../context.ts';
import { placeOf } from '../phone-numbers.ts';
import type { Account } from '../store/accounts.ts';
import type { Handset } from '../store/handsets.ts';
import type { Message } from '../store/messages.ts';
import { optOutScope } from '../twilio/opt-out.ts';

/** An account without its token. */
export function accountView(context: Context, account: Account) {
  const { sid, carrier, friendlyName } = account;
  return {
    sid,
    carrier,
    friendlyName,
    numbers: context.accounts.numbersOf(sid).map((number) => ({
      sid: number.sid,
      e164: number.e164,
      friendlyName: number.friendlyName,
      smsUrl: number.smsUrl,
      smsMethod: number.smsMethod,
      smsFallbackUrl: number.smsFallbackUrl,
    })),
    messagingServices: context.accounts.servicesOf(sid).map(({ accountSid, ...service }) => service),
  };
}

export function handsetView(context: Context, handset: Handset) {
  const { city, country } = placeOf(handset.e164);
  const place = city ? city.toLowerCase().replace(/(^|\s)\S/g, (letter) => letter.toUpperCase()) : country;
  const optedOut = context.accounts
    .all()
    .flatMap((account) => context.accounts.numbersOf(account.sid))
    .filter((number) => context.handsets.optedOut(number.accountSid, optOutScope(context, number.e164), handset.e164))
    .map((number) => number.e164);
  return { e164: handset.e164, name: handset.name, reachable: handset.reachable, place, optedOut };
}

/** A message as the owner of a handset sees it. */
export function messageView(m: Message) {
  return {
    sid: m.sid,
    n: m.n,
    accountSid: m.accountSid,
    direction: m.direction,
    from: m.sender,
    to: m.recipient,
    body: m.body,
    status: m.status,
    at: m.arrivedAt ?? m.createdAt,
    numSegments: m.numSegments,
    media: m.media.map(({ url, contentType }) => ({ url, contentType })),
    errorCode: m.errorCode,
    /** True when it is on the handset. */
    arrived: m.direction === 'inbound' || m.arrivedAt !== null,
    /** What became of the webhook of a text sent from the handset. */
    webhook:
      m.direction === 'inbound'
        ? { state: m.webhookState, status: m.webhookStatus, tookMs: m.webhookMs, tries: m.webhookTries ?? 0 }
        : null,
  };
}

export type MessageView = ReturnType<typeof messageView>;

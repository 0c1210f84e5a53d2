import type { Context } from '../context.ts';
import { placeOf } from '../phone-numbers.ts';
import type { Account, OwnedNumber } from '../store/accounts.ts';
import type { Handset } from '../store/handsets.ts';
import type { Message } from '../store/messages.ts';
import { optOutScope } from '../twilio/opt-out.ts';

/** An account without its token, and without its private key. */
export function accountView(context: Context, account: Account) {
  const { sid, carrier, friendlyName, limits, webhookPublicKey } = account;
  const view = {
    sid,
    carrier,
    friendlyName,
    limits,
    numbers: context.accounts.numbersOf(sid).map((number) => ({
      sid: number.sid,
      e164: number.e164,
      friendlyName: number.friendlyName,
      smsUrl: number.smsUrl,
      smsMethod: number.smsMethod,
      smsFallbackUrl: number.smsFallbackUrl,
      messagingProfileId: number.messagingProfileId,
    })),
    messagingServices: context.accounts.services.allOf(sid).map(({ accountSid, ...service }) => service),
  };
  if (carrier === 'twilio') return view;
  const messagingProfiles = context.profiles.allOf(sid).map((profile) => ({
    id: profile.sid,
    name: profile.name,
    webhookUrl: profile.webhook_url ?? '',
    webhookFailoverUrl: profile.webhook_failover_url ?? '',
  }));
  return { ...view, webhookPublicKey, messagingProfiles };
}

/** Who is blocked by a STOP to this number. */
function scopeOf(context: Context, number: OwnedNumber): string {
  const telnyx = context.accounts.account(number.accountSid)?.carrier === 'telnyx';
  return telnyx ? (number.messagingProfileId ?? '') : optOutScope(context, number.e164);
}

export function handsetView(context: Context, handset: Handset) {
  const { city, country } = placeOf(handset.e164);
  const place = city ? city.toLowerCase().replace(/(^|\s)\S/g, (letter) => letter.toUpperCase()) : country;
  const optedOut = context.accounts
    .all()
    .flatMap((account) => context.accounts.numbersOf(account.sid))
    .filter((number) => context.handsets.optedOut(number.accountSid, scopeOf(context, number), handset.e164))
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
    media: m.media.map(({ url, contentType }, i) => ({
      url,
      contentType,
      view: `/emulator/api/messages/${m.sid}/media/${i}`,
    })),
    errorCode: m.errorCode,
    /** True when it is on the handset. */
    arrived: m.direction === 'inbound' || m.arrivedAt !== null,
    /** What became of the webhook of a text sent from the handset, or of the last delivery report on one that came. */
    webhook:
      m.webhookState === null
        ? null
        : { state: m.webhookState, status: m.webhookStatus, tookMs: m.webhookMs, tries: m.webhookTries ?? 0 },
  };
}

export type MessageView = ReturnType<typeof messageView>;

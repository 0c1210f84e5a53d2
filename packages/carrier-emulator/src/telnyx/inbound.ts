import { randomUUID } from 'node:crypto';
import type { Context } from '../context.ts';
import type { DeliverySteps } from '../delivery.ts';
import { draft } from '../drafts.ts';
import { askedFaults } from '../own-faults.ts';
import type { OwnedNumber } from '../store/accounts.ts';
import type { Media, Message } from '../store/messages.ts';
import { magicOutcome } from './magic-numbers.ts';
import { applyOptOutWord } from './opt-out.ts';
import { webhookUrls } from './webhook-urls.ts';
import type { TelnyxWebhooks } from './webhooks.ts';

/**
 * A text from a person to a Telnyx number: stored, applied to the profile's block rules, answered by Telnyx where STOP,
 * START or HELP ask for it, and handed to the app, which hears of those words too.
 */
export function receiveText(
  context: Context,
  webhooks: TelnyxWebhooks,
  delivery: DeliverySteps,
  number: OwnedNumber,
  person: string,
  body: string,
  media: Omit<Media, 'sid'>[],
): Message {
  const { messages, clock, events, profiles } = context;
  const now = clock.now();
  const profile = number.messagingProfileId ? profiles.get(number.messagingProfileId) : undefined;
  const word = profile ? applyOptOutWord(context, profile, number.e164, person, body) : null;
  const faults = askedFaults(undefined, body);
  const extra = { ...(faults ? { faults } : {}), ...(word ? { autoresponse: word.type } : {}) };
  const message = messages.add(
    draft({
      sid: randomUUID(),
      accountSid: number.accountSid,
      direction: 'inbound',
      sender: person,
      recipient: number.e164,
      body,
      status: 'received',
      media: media.map((one) => ({ sid: randomUUID(), ...one })),
      serviceSid: profile?.sid ?? null,
      createdAt: now,
      sentAt: now,
      webhookState: profile?.webhook_url ? 'pending' : 'none',
      extra: Object.keys(extra).length > 0 ? extra : null,
    }),
  );
  events.emit('message', message);
  if (word?.answer) answer(context, delivery, number, person, word.answer);
  webhooks.enqueue(message, 'message.received', webhookUrls(context, message));
  return message;
}

/** Telnyx's own words go out whatever the block rules say; apps hear nothing of them. */
function answer(context: Context, delivery: DeliverySteps, number: OwnedNumber, person: string, body: string): void {
  const now = context.clock.now();
  const end = magicOutcome(person) ?? { outcome: 'delivered' as const, code: null };
  const message = context.messages.add(
    draft({
      sid: randomUUID(),
      accountSid: number.accountSid,
      direction: 'outbound-reply',
      sender: number.e164,
      recipient: person,
      body,
      status: 'queued',
      createdAt: now,
      outcome: end.outcome,
      outcomeCode: end.code,
      nextAt: now,
    }),
  );
  context.events.emit('message', message);
  delivery.start(message);
}

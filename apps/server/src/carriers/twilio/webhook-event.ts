import { createHash } from 'node:crypto';
import { twilioError } from '@patchline/domain/carrier-errors';
import type { WordClass } from '@patchline/domain/opt-out-words';
import type { AnnouncedMedia, ReportEvent, TextEvent } from '../webhook-event.ts';
import { statusFromTwilio } from './statuses.ts';
import { param } from './verify.ts';
import type { VerifiedWebhook } from './webhook-door.ts';

const MOST_MEDIA = 10;

/** A text that came in. */
export function textFromTwilio(webhook: VerifiedWebhook): TextEvent {
  const { number, params, raw, contentType, receivedAt } = webhook;
  return {
    kind: 'text',
    number,
    carrierMessageId: messageSid(params) || `raw:${createHash('sha256').update(raw).digest('hex')}`,
    from: param(params, 'From'),
    body: param(params, 'Body'),
    media: mediaOf(params),
    carrierWord: wordOf(param(params, 'OptOutType')),
    deliveryMark: webhook.retryToken || null,
    receivedAt: new Date(receivedAt),
    raw,
    contentType,
  };
}

/** What became of a text that went out, or null for a status that Twilio added since. */
export function reportFromTwilio({ number, params, query }: VerifiedWebhook): ReportEvent | null {
  const status = statusFromTwilio(param(params, 'MessageStatus') || param(params, 'SmsStatus'));
  if (status === null) return null;
  return {
    kind: 'report',
    number,
    carrierMessageId: messageSid(params),
    messageId: query.get('mid'),
    // The address with our id in it is part of what Twilio signs.
    their: null,
    status,
    error: status === 'failed' || status === 'undelivered' ? twilioError(param(params, 'ErrorCode')) : null,
  };
}

/** What NumMedia counts, as far as it is there; a text holds ten at most. */
function mediaOf(params: VerifiedWebhook['params']): AnnouncedMedia[] {
  const count = Math.min(Number.parseInt(param(params, 'NumMedia'), 10) || 0, MOST_MEDIA);
  return Array.from({ length: Math.max(0, count) }, (_, i) => ({
    url: param(params, `MediaUrl${i}`),
    contentType: param(params, `MediaContentType${i}`),
  })).filter(({ url }) => url !== '');
}

/** Twilio gives the same id under three names; which of them come has changed over the years. */
function messageSid(params: VerifiedWebhook['params']): string {
  return param(params, 'MessageSid') || param(params, 'SmsMessageSid') || param(params, 'SmsSid');
}

/** Set when the carrier's own opt-out handling took the text for one of its words, which a tenant can add to there. */
function wordOf(optOutType: string): WordClass | null {
  const word = optOutType.toLowerCase();
  return word === 'stop' || word === 'start' || word === 'help' ? word : null;
}

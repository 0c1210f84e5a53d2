import { createHash } from 'node:crypto';
import { telnyxError } from '@patchline/domain/carrier-errors';
import type { WordClass } from '@patchline/domain/opt-out-words';
import type { DirectoryNumber } from '../number-directory.ts';
import type { WebhookEvent } from '../webhook-event.ts';
import type { TelnyxEvent } from './payload.ts';
import { statusFromTelnyx } from './statuses.ts';
import { messageIdIn } from './webhook-urls.ts';

/** A verified request of Telnyx's. */
export interface TelnyxRequest {
  event: TelnyxEvent;
  number: DirectoryNumber;
  raw: Buffer;
  contentType: string;
  /** Path and query. */
  url: string;
  /** Unix milliseconds. */
  receivedAt: number;
}

const MOST_MEDIA = 10;

/** Events that tell what became of one of our texts. */
const REPORTS = new Set(['message.sent', 'message.finalized']);

/** What an event says, or null for one that says nothing of interest, or in words that Telnyx added since. */
export function eventFromTelnyx(request: TelnyxRequest): WebhookEvent | null {
  const { event, number, raw } = request;
  const { message } = event;
  if (event.type === 'message.received') {
    return {
      kind: 'text',
      number,
      carrierMessageId: message.id || `raw:${createHash('sha256').update(raw).digest('hex')}`,
      from: message.from,
      body: message.text,
      media: message.media
        .filter(({ url }) => url !== '')
        .slice(0, MOST_MEDIA)
        .map(({ url, content_type }) => ({ url, contentType: content_type ?? '' })),
      carrierWord: wordOf(message.autoresponse_type),
      deliveryMark: event.id || null,
      receivedAt: new Date(request.receivedAt),
      raw,
      contentType: request.contentType,
    };
  }
  const recipient = message.to[0];
  if (!REPORTS.has(event.type) || recipient === undefined || message.id === '') return null;
  const status = statusFromTelnyx(recipient.status);
  if (status === null) return null;
  return {
    kind: 'report',
    number,
    carrierMessageId: message.id,
    // The address in the body is signed with it; that of the request is not.
    messageId: messageIdIn(message.webhook_url) ?? messageIdIn(request.url),
    their: recipient.phoneNumber,
    status,
    error: status === 'failed' || status === 'undelivered' ? telnyxError(message.errors[0]) : null,
  };
}

/** Set when one of the messaging profile's keywords, to which a tenant can add there, was found in the text. */
function wordOf(autoresponseType: string): WordClass | null {
  const word = autoresponseType.toLowerCase();
  return word === 'stop' || word === 'start' || word === 'help' ? word : null;
}

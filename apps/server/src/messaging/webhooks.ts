import { createHash } from 'node:crypto';
import type { WordClass } from '@patchline/domain/opt-out-words';
import type { FastifyInstance } from 'fastify';
import {
  param,
  statusFromTwilio,
  TWILIO_STATUS_PATH,
  TWILIO_TEXT_PATH,
  twilioWebhookDoor,
  type VerifiedWebhook,
} from '../carriers/index.ts';
import { acceptInbound } from './accept-inbound.ts';
import type { MessagingCore } from './core.ts';
import { recordStatus } from './record-status.ts';

/** Twilio's webhooks for texts and for what becomes of ours. */
export function messagingWebhooks(app: FastifyInstance, core: MessagingCore): void {
  twilioWebhookDoor(app, core, [
    {
      path: TWILIO_TEXT_PATH,
      ourNumber: 'To',
      answer: 'twiml',
      handle: (webhook) => textCame(core, webhook),
    },
    {
      path: TWILIO_STATUS_PATH,
      ourNumber: 'From',
      answer: 'none',
      handle: (webhook) => statusCame(core, webhook),
    },
  ]);
}

async function textCame(core: MessagingCore, { number, params, raw, contentType, receivedAt }: VerifiedWebhook) {
  await acceptInbound(core, {
    number,
    carrierMessageId: messageSid(params) || `raw:${createHash('sha256').update(raw).digest('hex')}`,
    from: param(params, 'From'),
    body: param(params, 'Body'),
    carrierWord: wordOf(param(params, 'OptOutType')),
    receivedAt: new Date(receivedAt),
    raw,
    contentType,
    source: 'webhook',
  });
}

async function statusCame(core: MessagingCore, { number, params, query }: VerifiedWebhook) {
  const told = param(params, 'MessageStatus') || param(params, 'SmsStatus');
  const status = statusFromTwilio(told);
  if (status === null) {
    core.log.warn({ told }, 'the carrier reports a status that we do not know');
    return;
  }
  await recordStatus(core, {
    number,
    carrierMessageId: messageSid(params),
    messageId: query.get('mid'),
    status,
    errorCode: param(params, 'ErrorCode') || null,
  });
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

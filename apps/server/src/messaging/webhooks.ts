import type { FastifyInstance } from 'fastify';
import {
  reportFromTwilio,
  TWILIO_STATUS_PATH,
  TWILIO_TEXT_PATH,
  telnyxWebhookDoor,
  textFromTwilio,
  twilioWebhookDoor,
  type WebhookEvent,
} from '../carriers/index.ts';
import { acceptInbound } from './accept-inbound.ts';
import type { MessagingCore } from './core.ts';
import { recordStatus } from './record-status.ts';

/** The carriers' webhooks for texts that come in and for what becomes of ours. */
export function messagingWebhooks(app: FastifyInstance, core: MessagingCore): void {
  twilioWebhookDoor(app, core, [
    {
      path: TWILIO_TEXT_PATH,
      ourNumber: 'To',
      answer: 'twiml',
      handle: (webhook) => takeEvent(core, textFromTwilio(webhook)),
    },
    {
      path: TWILIO_STATUS_PATH,
      ourNumber: 'From',
      answer: 'none',
      async handle(webhook) {
        const report = reportFromTwilio(webhook);
        if (report === null) core.log.warn({ path: TWILIO_STATUS_PATH }, 'a status was reported that we do not know');
        else await takeEvent(core, report);
      },
    },
  ]);
  telnyxWebhookDoor(app, core, (event) => takeEvent(core, event));
}

/** Stores what a verified webhook says; repeats change nothing. */
async function takeEvent(core: MessagingCore, event: WebhookEvent): Promise<void> {
  if (event.kind === 'text') await acceptInbound(core, { ...event, source: 'webhook' });
  else await recordStatus(core, event);
}

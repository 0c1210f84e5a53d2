import type { Context } from '../context.ts';
import type { CarrierSteps } from '../delivery.ts';
import { errorTitle } from './errors.ts';
import { isCompleted } from './message-json.ts';
import { webhookUrls } from './webhook-urls.ts';
import type { TelnyxWebhooks } from './webhooks.ts';

/** Telnyx tells of sent and of the end; of queued and sending there is no event. */
export function telnyxSteps(context: Context, webhooks: TelnyxWebhooks): CarrierSteps {
  return {
    expired: 40014,
    unknownError: 40008,
    errorMessage: errorTitle,
    announce(message) {
      if (message.direction !== 'outbound-api') return;
      if (message.status === 'sent') webhooks.enqueue(message, 'message.sent', webhookUrls(context, message));
      if (isCompleted(message)) webhooks.enqueue(message, 'message.finalized', webhookUrls(context, message));
    },
  };
}

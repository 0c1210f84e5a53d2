import type { Context } from './context.ts';
import type { Delivery } from './store/deliveries.ts';
import type { Message } from './store/messages.ts';
import type { WebhookAnswer } from './webhook-client.ts';

/** Notes on a message what became of its webhook, for the handset: of the text, or of the last delivery report. */
export function settleWebhook(
  context: Context,
  delivery: Delivery,
  state: NonNullable<Message['webhookState']>,
  answer: WebhookAnswer,
): void {
  const { messages, events } = context;
  const before = messages.bySid(delivery.messageSid);
  // A second copy changes nothing about a text that was taken.
  if (!before || (before.direction === 'inbound' && before.webhookState === 'taken')) return;
  const webhookStatus = 'status' in answer ? answer.status : null;
  messages.saveWebhook(delivery.messageSid, state, webhookStatus, answer.tookMs, delivery.tries);
  events.emit('message', {
    ...before,
    webhookState: state,
    webhookStatus,
    webhookMs: answer.tookMs,
    webhookTries: delivery.tries,
  });
}

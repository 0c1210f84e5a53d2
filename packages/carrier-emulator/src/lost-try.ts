import type { Context } from './context.ts';
import type { Delivery } from './store/deliveries.ts';
import type { WebhookAnswer } from './webhook-client.ts';

/**
 * What the fault `webhook:lose-first` makes of a try: a connection that never came about, or null when the try is to be
 * made. Unlike a webhook that is never made, this one is the carrier's to repeat, by its own rules.
 */
export function lostTry(context: Context, delivery: Delivery): WebhookAnswer | null {
  if (delivery.tries > 0) return null;
  const kind = delivery.kind === 'status' ? 'status' : 'inbound';
  const own = context.messages.bySid(delivery.messageSid)?.extra?.faults;
  if (!context.faults.hit(delivery.accountSid, 'webhook:lose-first', own, kind)) return null;
  return { failed: 'ct', reason: 'lost on purpose', tookMs: 0 };
}

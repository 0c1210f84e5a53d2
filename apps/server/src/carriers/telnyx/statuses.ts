import type { MessageStatus } from '@patchline/contracts/message-status';

/**
 * Telnyx's statuses, which stand with each recipient, in our words.
 *
 * `delivery_unconfirmed` is Telnyx's last word on a text for which the network gives no receipt. It is neither a delivery
 * nor a failure, so the text stays `sent`.
 */
const STATUSES: Record<string, MessageStatus> = {
  scheduled: 'queued',
  queued: 'queued',
  sending: 'queued',
  sent: 'sent',
  delivery_unconfirmed: 'sent',
  delivered: 'delivered',
  read: 'delivered',
  delivery_failed: 'failed',
  sending_failed: 'failed',
  expired: 'failed',
  cancelled: 'canceled',
  webhook_delivered: 'received',
  received: 'received',
};

/** Our status for Telnyx's, or null for one that Telnyx added since. */
export function statusFromTelnyx(status: string): MessageStatus | null {
  const known = status.toLowerCase();
  return Object.hasOwn(STATUSES, known) ? (STATUSES[known] ?? null) : null;
}

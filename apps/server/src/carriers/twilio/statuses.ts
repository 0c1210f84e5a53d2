import type { MessageStatus } from '@patchline/contracts/message-status';

/** Twilio's message statuses in our words. */
const STATUSES: Record<string, MessageStatus> = {
  accepted: 'queued',
  scheduled: 'queued',
  queued: 'queued',
  sending: 'queued',
  sent: 'sent',
  delivered: 'delivered',
  read: 'delivered',
  partially_delivered: 'delivered',
  undelivered: 'undelivered',
  failed: 'failed',
  canceled: 'canceled',
  receiving: 'received',
  received: 'received',
};

/** Our status for Twilio's, or null for one that Twilio added since. */
export function statusFromTwilio(status: string): MessageStatus | null {
  const known = status.toLowerCase();
  return Object.hasOwn(STATUSES, known) ? (STATUSES[known] ?? null) : null;
}

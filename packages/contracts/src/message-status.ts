/**
 * The life of a message, drawn once for the server, the hot tier and the desk.
 *
 *   outbound:  accepted ─→ sending ─→ queued ─→ sent ─→ delivered | undelivered
 *                 │           │          └──────┴─────→ failed | canceled
 *                 │           └─→ unknown ─→ (any later word of the carrier)
 *                 ├─→ held ─→ accepted | refused
 *                 └─→ refused | canceled
 *   inbound:   received
 *
 * Carriers send status callbacks late, twice and out of order, so a status is a lattice: a callback may only
 * raise the rank below. `unknown` ranks above `sending`, because it is said only after an attempt, and below every
 * word of the carrier, because any such word settles it.
 */
export const MESSAGE_STATUSES = [
  'accepted',
  'held',
  'refused',
  'queued',
  'sending',
  'sent',
  'delivered',
  'undelivered',
  'failed',
  'unknown',
  'canceled',
  'received',
] as const;

export type MessageStatus = (typeof MESSAGE_STATUSES)[number];

const RANK: Record<MessageStatus, number> = {
  held: 0,
  accepted: 1,
  sending: 2,
  unknown: 3,
  queued: 4,
  sent: 5,
  canceled: 9,
  refused: 9,
  undelivered: 9,
  failed: 9,
  delivered: 9,
  received: 9,
};

const TERMINAL_RANK = 9;

/** Whether no later word may change this status. */
export function isTerminal(status: MessageStatus): boolean {
  return RANK[status] === TERMINAL_RANK;
}

/** The status after `next` was heard while the message stood at `current`: the higher of the two; a terminal one stays. */
export function laterStatus(current: MessageStatus, next: MessageStatus): MessageStatus {
  return RANK[next] > RANK[current] ? next : current;
}

export type Direction = 'inbound' | 'outbound';

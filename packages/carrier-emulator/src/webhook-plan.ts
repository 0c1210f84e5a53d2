import type { Context } from './context.ts';
import type { OwnFaults } from './faults.ts';

/** One making of a webhook, after faults had their say. */
export interface PlannedWebhook {
  dueAt: number;
  /** What faults did to it, in words for the log. */
  note: string;
  /** Signed wrongly on purpose. */
  forged: boolean;
  /** Signed with an old time on purpose. */
  stale: boolean;
  /** A second copy that looks like an event of its own. */
  ownToken: boolean;
}

/** How often and when a webhook is made: usually once and now; empty when a fault drops it. */
export function planWebhook(
  context: Context,
  accountSid: string,
  kind: 'inbound' | 'status',
  own: OwnFaults | null | undefined,
): PlannedWebhook[] {
  const { faults, clock, timing } = context;
  if (faults.hit(accountSid, 'webhook:drop', own, kind)) return [];
  const notes: string[] = [];
  let dueAt = clock.now();
  const delay = faults.hit(accountSid, 'webhook:delay', own, kind);
  if (delay) {
    dueAt += delay.ms ?? 8000;
    notes.push(`held back ${seconds(delay.ms ?? 8000)}`);
  }
  const reorder = faults.hit(accountSid, 'webhook:reorder', own, kind);
  if (reorder) {
    const share = 0.3 + 0.7 * faults.size(accountSid, 'webhook:reorder');
    const held = Math.ceil(share * (reorder.ms ?? timing.stepMs * 6));
    dueAt += held;
    notes.push(`held back ${seconds(held)} to come out of order`);
  }
  const forged = faults.hit(accountSid, 'webhook:bad-signature', own, kind) !== null;
  if (forged) notes.push('signed wrongly on purpose');
  const stale = faults.hit(accountSid, 'webhook:stale', own, kind) !== null;
  if (stale) notes.push('signed with an old time on purpose');
  const first = { dueAt, note: notes.join(', '), forged, stale, ownToken: false };
  if (!faults.hit(accountSid, 'webhook:duplicate', own, kind)) return [first];
  // Half of the copies are repeats of one event, half look like an event of their own: apps must bear both.
  const ownToken = faults.size(accountSid, 'webhook:duplicate') >= 0.5;
  return [first, { ...first, ownToken, note: [...notes, 'second copy of the same event'].join(', ') }];
}

function seconds(ms: number): string {
  return ms < 1000 ? `${ms} ms` : `${Number((ms / 1000).toFixed(1))} s`;
}

import { type AuditEntry, appendAudit } from '../platform/audit/append.ts';
import type { TenantTransaction } from '../platform/database/doors.ts';
import type { FeedEntry } from '../platform/hot/hot-gateway.ts';
import { writeOutbox } from '../platform/hot/outbox.ts';
import type { MessagingCore } from './core.ts';

/** Writes what follows from a change, the ledger's lines and the hot tier's news, and sends both on after the commit. */
export async function commitEffects(
  core: Pick<MessagingCore, 'processId' | 'pusher' | 'linker'>,
  tx: TenantTransaction,
  effects: { audit: readonly AuditEntry[]; hot: readonly FeedEntry[] },
): Promise<void> {
  if (effects.audit.length > 0) await appendAudit(tx, effects.audit);
  if (effects.hot.length > 0) await writeOutbox(tx, core.processId, effects.hot);
  tx.afterCommit(() => {
    if (effects.hot.length > 0) core.pusher.signal();
    core.linker.signal(tx.tenantId);
  });
}

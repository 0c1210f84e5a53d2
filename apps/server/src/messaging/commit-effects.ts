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
  const rows = effects.hot.length > 0 ? await writeOutbox(tx, core.processId, effects.hot) : [];
  tx.afterCommit(() => {
    core.pusher.push(rows);
    core.linker.signal(tx.tenantId);
  });
}

import { createHash, randomBytes } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import type { TenantTransaction } from '../database/doors.ts';

/** From where somebody acted, as the request told it. */
export interface Where {
  ip: string;
  userAgent: string | null;
}

/** Who or what acted: `user:…`, `key:…`, `carrier:…`, `system`; for requests also from where. */
export type Actor = string | { name: string; where: Where | null };

/** One line of the audit ledger. */
export interface AuditEntry {
  /** What happened, for example `message.received` or `dnc.set`. */
  kind: string;
  /** What it happened to: a message id, an address, a thread id. */
  subject: string;
  actor: Actor;
  /** What must be provable later. Personal data may stand here: it can be erased without breaking the chain. */
  payload: Record<string, unknown>;
}

/** H(salt ‖ payload), the leaf that the chain is made of. */
export function auditLeaf(salt: Buffer, payload: string): Buffer {
  return createHash('sha256').update(salt).update(payload, 'utf8').digest();
}

/**
 * Writes entries in the transaction of the fact they record. They are linked into the tenant's chain right after the
 * commit (see linker.ts and migration 0003).
 */
export async function appendAudit(tx: TenantTransaction, entries: readonly AuditEntry[]): Promise<void> {
  const rows = entries.map((entry) => {
    const id = uuidv7();
    const salt = randomBytes(16);
    // The payload names its own entry, so that no payload can be moved to another one of the same salt.
    const { name, where } = typeof entry.actor === 'string' ? { name: entry.actor, where: null } : entry.actor;
    const payload = JSON.stringify({
      id,
      kind: entry.kind,
      subject: entry.subject,
      actor: name,
      ...(where && { where }),
      ...entry.payload,
    });
    return { id, salt, payload, leaf: auditLeaf(salt, payload), actor: name, entry };
  });
  await tx.query(
    `with e as (
       select * from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::bytea[], $7::bytea[], $8::text[])
         as e(id, kind, subject, actor, leaf, salt, payload)),
     a as (insert into audit_entries (tenant_id, id, kind, subject, actor, leaf)
       select $1, id, kind, subject, actor, leaf from e),
     p as (insert into audit_payloads (tenant_id, entry_id, salt, payload) select $1, id, salt, payload from e)
     insert into audit_unlinked (tenant_id, entry_id) select $1, id from e`,
    [
      tx.tenantId,
      rows.map((row) => row.id),
      rows.map((row) => row.entry.kind),
      rows.map((row) => row.entry.subject),
      rows.map((row) => row.actor),
      rows.map((row) => row.leaf),
      rows.map((row) => row.salt),
      rows.map((row) => row.payload),
    ],
  );
}

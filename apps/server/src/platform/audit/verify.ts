import { createHash } from 'node:crypto';
import type { Database } from '../database/doors.ts';
import { auditLeaf } from './append.ts';

/** What is wrong with a ledger, in the order of positions. */
export interface LedgerFault {
  position: number | null;
  entryId: string;
  problem:
    | 'position_missing'
    | 'hash_wrong'
    | 'previous_wrong'
    | 'entry_missing'
    | 'payload_changed'
    | 'entry_changed'
    | 'entry_not_linked'
    | 'head_wrong';
}

export interface LedgerReport {
  tenantId: string;
  links: number;
  /** Entries committed but not yet linked; a moment's worth at most while the server runs. */
  unlinked: number;
  /** Entries whose payload was erased on request: their leaf still holds the chain together. */
  erased: number;
  head: string;
  faults: LedgerFault[];
}

const GENESIS = Buffer.alloc(32);
const PAGE = 5_000;

interface LinkRow {
  position: number;
  entry_id: string;
  previous: Buffer;
  hash: Buffer;
  leaf: Buffer | null;
  kind: string | null;
  subject: string | null;
  actor: string | null;
  salt: Buffer | null;
  payload: string | null;
}

/** Recomputes a tenant's whole chain from its entries and payloads and says where it does not hold. */
export async function verifyLedger(database: Database, tenantId: string): Promise<LedgerReport> {
  return database.withTenant(tenantId, async (tx) => {
    const faults: LedgerFault[] = [];
    let previous: Buffer = GENESIS;
    let position = 0;
    let erased = 0;
    for (;;) {
      const rows = await tx.query<LinkRow>(
        `select l.position, l.entry_id, l.previous, l.hash, e.leaf, e.kind, e.subject, e.actor, p.salt, p.payload
         from audit_links l
         left join audit_entries e on e.tenant_id = l.tenant_id and e.id = l.entry_id
         left join audit_payloads p on p.tenant_id = l.tenant_id and p.entry_id = l.entry_id
         where l.tenant_id = $1 and l.position > $2 order by l.position limit ${PAGE}`,
        [tenantId, position],
      );
      for (const row of rows) {
        const fault = (problem: LedgerFault['problem']) =>
          faults.push({ position: row.position, entryId: row.entry_id, problem });
        if (row.position !== position + 1) fault('position_missing');
        if (!row.previous.equals(previous)) fault('previous_wrong');
        if (row.leaf === null) fault('entry_missing');
        else if (!createHash('sha256').update(row.previous).update(row.leaf).digest().equals(row.hash))
          fault('hash_wrong');
        if (row.payload === null || row.salt === null) erased += 1;
        else if (row.leaf !== null) checkPayload(row, row.leaf, row.salt, row.payload, fault);
        previous = row.hash;
        position = row.position;
      }
      if (rows.length < PAGE) break;
    }
    const head = await tx.first<{ position: number; hash: Buffer }>(
      'select position, hash from audit_heads where tenant_id = $1',
      [tenantId],
    );
    if (head !== null && (head.position !== position || !head.hash.equals(previous))) {
      faults.push({ position: head.position, entryId: '', problem: 'head_wrong' });
    }
    const orphans = await tx.query<{ id: string }>(
      `select e.id from audit_entries e
       where e.tenant_id = $1
         and not exists (select 1 from audit_links l where l.tenant_id = e.tenant_id and l.entry_id = e.id)
         and not exists (select 1 from audit_unlinked u where u.tenant_id = e.tenant_id and u.entry_id = e.id)
       limit 100`,
      [tenantId],
    );
    for (const orphan of orphans) faults.push({ position: null, entryId: orphan.id, problem: 'entry_not_linked' });
    const unlinked = await tx.first<{ n: number }>(
      'select count(*)::int as n from audit_unlinked where tenant_id = $1',
      [tenantId],
    );
    return { tenantId, links: position, unlinked: unlinked?.n ?? 0, erased, head: previous.toString('hex'), faults };
  });
}

function checkPayload(
  row: LinkRow,
  leaf: Buffer,
  salt: Buffer,
  payload: string,
  fault: (problem: LedgerFault['problem']) => void,
): void {
  if (!auditLeaf(salt, payload).equals(leaf)) {
    fault('payload_changed');
    return;
  }
  const told = JSON.parse(payload) as { id: string; kind: string; subject: string; actor: string };
  if (told.id !== row.entry_id || told.kind !== row.kind || told.subject !== row.subject || told.actor !== row.actor) {
    fault('entry_changed');
  }
}

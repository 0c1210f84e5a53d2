import { v7 as uuidv7 } from 'uuid';
import { listFields } from '../contacts/index.ts';
import { appendAudit } from '../platform/audit/append.ts';
import type { TenantTransaction } from '../platform/database/doors.ts';
import { ApiError } from '../platform/http/api-error.ts';
import { actorName, actorOf, type Principal } from '../platform/http/principal.ts';
import { enqueueJob } from '../platform/jobs/enqueue.ts';
import { canStart, findImport, runs } from './import-records.ts';
import { type ColumnMapping, problemOfMapping } from './mapping.ts';

/** Imports of one tenant run one after another: two at once would wait for each other's rows. */
const queueOf = (tenantId: string) => `contact_imports:${tenantId}`;

export interface StartWish {
  mapping: readonly ColumnMapping[];
  /** Only look what would become of the rows. */
  dryRun: boolean;
  /** What to do with rows about contacts that are there. */
  whenKnown: 'update' | 'skip';
  saveMappingAs?: string | undefined;
}

/** Starts, or starts again, from the first row. @throws ApiError not_found; import_running; invalid_input */
export async function startImport(tx: TenantTransaction, asker: Principal, id: string, wish: StartWish): Promise<void> {
  const found = await findImport(tx, id, 'lock');
  if (found === null) throw new ApiError('not_found');
  if (!canStart(found.status)) throw new ApiError('import_running');
  const problem = problemOfMapping(wish.mapping, found.header, await listFields(tx));
  if (problem !== null) throw new ApiError('invalid_input', { details: [{ path: 'mapping', message: problem }] });
  await tx.query('delete from contact_import_problems where tenant_id = $1 and import_id = $2', [tx.tenantId, id]);
  await tx.query(
    `update contact_imports set status = $3, mapping = $4::jsonb, when_known = $5, cancel_requested = false, rows_done = 0,
       created = 0, updated = 0, unchanged = 0, failed = 0, bytes_done = 0, error = null, started_at = now(), ended_at = null,
       actor = $6
     where tenant_id = $1 and id = $2`,
    [
      tx.tenantId,
      id,
      wish.dryRun ? 'checking' : 'importing',
      JSON.stringify(wish.mapping),
      wish.whenKnown,
      actorName(asker),
    ],
  );
  if (wish.saveMappingAs !== undefined) await saveMapping(tx, wish.saveMappingAs, found.header, wish.mapping);
  if (!wish.dryRun) {
    await appendAudit(tx, [
      {
        kind: 'contact_import.started',
        subject: id,
        actor: actorOf(asker),
        payload: { name: found.name, bytes: found.bytes },
      },
    ]);
  }
  await enqueueJob(tx, 'import_contacts', { tenantId: tx.tenantId, importId: id }, { queue: queueOf(tx.tenantId) });
}

async function saveMapping(
  tx: TenantTransaction,
  name: string,
  header: readonly string[],
  mapping: readonly ColumnMapping[],
): Promise<void> {
  const columns = mapping.flatMap(({ column, target }) =>
    target === null ? [] : [{ heading: header[column] ?? '', target }],
  );
  await tx.query(
    `insert into contact_mappings (tenant_id, id, name, columns) values ($1, $2, $3, $4::jsonb)
     on conflict (tenant_id, name) do update set columns = excluded.columns`,
    [tx.tenantId, uuidv7(), name, JSON.stringify(columns)],
  );
}

/** Stops an import after the rows that are being stored. What was stored stays. */
export async function cancelImport(tx: TenantTransaction, id: string): Promise<void> {
  const found = await findImport(tx, id, 'lock');
  if (found === null) throw new ApiError('not_found');
  if (!runs(found.status)) return;
  await tx.query('update contact_imports set cancel_requested = true where tenant_id = $1 and id = $2', [
    tx.tenantId,
    id,
  ]);
}

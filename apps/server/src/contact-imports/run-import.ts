import { type ContactDeps, listFields } from '../contacts/index.ts';
import { commitEffects } from '../messaging/index.ts';
import type { SignIn } from '../platform/auth/sign-in.ts';
import type { TenantTransaction } from '../platform/database/doors.ts';
import { AddressRace, applyRows, type NumberedRow } from './apply-rows.ts';
import { readRows } from './csv.ts';
import type { ImportFiles } from './import-files.ts';
import { findImport, type ImportRecord, runs } from './import-records.ts';
import { createRowReader, type RowReader } from './mapping.ts';

export interface ImportDeps extends ContactDeps {
  files: ImportFiles;
  signIn: Pick<SignIn, 'people'>;
}

export interface ImportJob {
  tenantId: string;
  importId: string;
}

/** Rows stored in one transaction: enough to be quick, and few enough to be canceled soon. */
const ROWS_AT_ONCE = 5_000;

/** The server is stopping: the job is taken up again, here or elsewhere, where its last commit left it. */
class Stopped extends Error {
  override name = 'Stopped';
}

/**
 * Reads an import's file from where the last commit left off to its end. Each commit holds the contacts of some rows and how
 * far it came, so a crash anywhere leaves nothing out and does nothing twice.
 */
export async function runImport(deps: ImportDeps, job: ImportJob, signal: AbortSignal): Promise<void> {
  const found = await deps.database.withTenant(job.tenantId, (tx) => findImport(tx, job.importId));
  if (found === null || !runs(found.status)) return;
  try {
    await readToEnd(deps, job, found, signal);
  } catch (error) {
    const words = wordsOf(error);
    if (words === null) throw error;
    await finish(deps, job, found, { status: 'failed', error: words });
  }
}

async function readToEnd(deps: ImportDeps, job: ImportJob, found: ImportRecord, signal: AbortSignal): Promise<void> {
  const reader = await readerOf(deps, job.tenantId, found);
  const file = deps.files.read(job.tenantId, job.importId);
  const rows = readRows(file, found.delimiter);
  let done = found.rowsDone;
  let place = -1;
  let gathered: NumberedRow[] = [];
  const flush = async () => {
    if (signal.aborted) throw new Stopped('The server is stopping');
    const more = await storeRows(deps, job, gathered, { from: done, bytes: rows.info.bytes });
    done += gathered.length;
    gathered = [];
    return more;
  };
  try {
    for await (const cells of rows as AsyncIterable<string[]>) {
      // The header is the first; rows that a commit holds are not looked at again.
      if (place++ < done) continue;
      gathered.push({ row: place + 1, cells, read: reader.read(cells) });
      if (gathered.length === ROWS_AT_ONCE && !(await flush())) return;
    }
    if (gathered.length > 0 && !(await flush())) return;
  } finally {
    file.destroy();
  }
  await finish(deps, job, found, { status: found.status === 'checking' ? 'checked' : 'done', error: null });
}

async function readerOf(deps: ImportDeps, tenantId: string, found: ImportRecord): Promise<RowReader> {
  const { fields, members } = await deps.database.withTenant(tenantId, async (tx) => ({
    fields: await listFields(tx),
    members: await tx.query<{ user_id: string }>(
      'select user_id from memberships where tenant_id = $1 and removed_at is null',
      [tenantId],
    ),
  }));
  const people = await deps.signIn.people(members.map((member) => member.user_id));
  const owners = new Map([...people].map(([id, { email }]) => [email.toLowerCase(), id]));
  return createRowReader(found.mapping ?? [], found.header.length, fields, owners);
}

/** @returns whether to go on: not when it was canceled, or somebody else has gone on from here */
async function storeRows(
  deps: ImportDeps,
  job: ImportJob,
  rows: readonly NumberedRow[],
  at: { from: number; bytes: number },
): Promise<boolean> {
  for (;;) {
    try {
      return await deps.database.withTenant(job.tenantId, (tx) => storeRowsIn(tx, deps, job, rows, at));
    } catch (error) {
      // A text of this person has come in just now: their contact is there, and found, the second time.
      if (!(error instanceof AddressRace)) throw error;
    }
  }
}

async function storeRowsIn(
  tx: TenantTransaction,
  deps: ImportDeps,
  job: ImportJob,
  rows: readonly NumberedRow[],
  at: { from: number; bytes: number },
): Promise<boolean> {
  const now = await findImport(tx, job.importId, 'lock');
  if (now === null || !runs(now.status) || now.rowsDone !== at.from) return false;
  if (now.cancelRequested) {
    await end(tx, deps, now, { status: 'canceled', error: null });
    return false;
  }
  const author = (now.createdBy && (await deps.signIn.people([now.createdBy])).get(now.createdBy)?.name) || 'Import';
  const applied = await applyRows(tx, rows, {
    importId: now.id,
    whenKnown: now.whenKnown ?? 'update',
    dryRun: now.status === 'checking',
    authorId: now.createdBy,
    authorName: author,
  });
  await tx.query(
    `update contact_imports set rows_done = rows_done + $3, created = created + $4, updated = updated + $5,
       unchanged = unchanged + $6, failed = failed + $7, bytes_done = $8 where tenant_id = $1 and id = $2`,
    [tx.tenantId, now.id, rows.length, applied.created, applied.updated, applied.unchanged, applied.failed, at.bytes],
  );
  await commitEffects(deps, tx, { audit: [], hot: applied.hot });
  return true;
}

async function finish(
  deps: ImportDeps,
  job: ImportJob,
  found: ImportRecord,
  how: { status: 'checked' | 'done' | 'failed'; error: string | null },
): Promise<void> {
  await deps.database.withTenant(job.tenantId, async (tx) => {
    const now = await findImport(tx, job.importId, 'lock');
    if (now !== null && now.status === found.status) await end(tx, deps, now, how);
  });
}

async function end(
  tx: TenantTransaction,
  deps: ImportDeps,
  now: ImportRecord,
  how: { status: ImportRecord['status']; error: string | null },
): Promise<void> {
  const whole = how.status === 'checked' || how.status === 'done';
  await tx.query(
    `update contact_imports set status = $3, error = $4, ended_at = now(), cancel_requested = false,
       rows_total = case when $5 then rows_done else rows_total end, bytes_done = case when $5 then bytes else bytes_done end
     where tenant_id = $1 and id = $2`,
    [tx.tenantId, now.id, how.status, how.error, whole],
  );
  if (now.status === 'checking') return;
  await commitEffects(deps, tx, {
    audit: [
      {
        kind: 'contact_import.ended',
        subject: now.id,
        actor: now.actor,
        payload: {
          name: now.name,
          status: how.status,
          created: now.created,
          updated: now.updated,
          unchanged: now.unchanged,
          failed: now.failed,
        },
      },
    ],
    hot: [],
  });
}

/** What ends an import for good, in words; null for what passes, and is tried again. */
function wordsOf(error: unknown): string | null {
  const code = (error as { code?: unknown }).code;
  if (code === 'ENOENT') return 'The file is no longer there. Upload it again.';
  if (code === 'CSV_MAX_RECORD_SIZE') {
    const { lines } = error as { lines?: number };
    return `From line ${lines ?? '?'} on nothing can be told apart: a quotation mark is probably not closed there.`;
  }
  if (typeof code === 'string' && code.startsWith('CSV_'))
    return `The file cannot be read: ${(error as Error).message}`;
  return null;
}

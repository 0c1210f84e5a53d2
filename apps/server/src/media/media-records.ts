import type { MediaItem } from '@patchline/contracts/media';
import type { TenantTransaction } from '../platform/database/doors.ts';
import { type SeenTeams, visibleThread } from '../platform/database/visible-threads.ts';

/** What stands in the table `media`. */
export interface MediaRecord {
  id: string;
  status: MediaItem['status'];
  content_type: string;
  name: string | null;
  bytes: number | null;
  sha256: Buffer | null;
  message_id: string | null;
  carrier_account_id: string | null;
  source_url: string | null;
}

const COLUMNS = 'id, status, content_type, name, bytes, sha256, message_id, carrier_account_id, source_url';

/** A file, unless it came with a text of a thread that the asker does not see. */
export function findMedia(tx: TenantTransaction, id: string, teams: SeenTeams = null): Promise<MediaRecord | null> {
  return tx.first<MediaRecord>(
    `select ${COLUMNS} from media where tenant_id = $1 and id = $2 and not exists (
       select 1 from messages m
       where m.tenant_id = $1 and m.id = media.message_id and not ${visibleThread('m.our_address', '$3')})`,
    [tx.tenantId, id, teams],
  );
}

/** Files by their ids, in the order of the ids; those that are not there, or not yet, are left out. */
export async function findStored(tx: TenantTransaction, ids: readonly string[]): Promise<MediaRecord[]> {
  const rows = await tx.query<MediaRecord>(
    `select ${COLUMNS} from media where tenant_id = $1 and id = any($2::uuid[]) and status = 'stored'`,
    [tx.tenantId, ids],
  );
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.map((id) => byId.get(id)).filter((row) => row !== undefined);
}

export async function insertUpload(
  tx: TenantTransaction,
  file: { id: string; contentType: string; name: string | null; bytes: number; sha256: Buffer },
): Promise<void> {
  await tx.query(
    `insert into media (tenant_id, id, status, content_type, name, bytes, sha256) values ($1, $2, 'stored', $3, $4, $5, $6)`,
    [tx.tenantId, file.id, file.contentType, file.name, file.bytes, file.sha256],
  );
}

/** Writes down that a message came with a file that the carrier still has. */
export async function insertAnnounced(
  tx: TenantTransaction,
  file: { id: string; contentType: string; messageId: string; accountId: string; url: string },
): Promise<void> {
  await tx.query(
    `insert into media (tenant_id, id, status, content_type, message_id, carrier_account_id, source_url)
     values ($1, $2, 'pending', $3, $4, $5, $6)`,
    [tx.tenantId, file.id, file.contentType, file.messageId, file.accountId, file.url],
  );
}

/** What came of fetching a file: it, or why it could not be had. */
export type Fetched =
  | { status: 'stored'; contentType: string; bytes: number; sha256: Buffer }
  | { status: 'failed'; problem: string };

/** Ends the fetching of a file, once: false when somebody else has. The row stays locked until the transaction ends. */
export async function settleMedia(tx: TenantTransaction, id: string, fetched: Fetched): Promise<boolean> {
  const stored = fetched.status === 'stored' ? fetched : null;
  const row = await tx.first(
    `update media set status = $3, content_type = coalesce($4, content_type), bytes = $5, sha256 = $6, problem = $7
     where tenant_id = $1 and id = $2 and status = 'pending' returning 1`,
    [
      tx.tenantId,
      id,
      fetched.status,
      stored?.contentType ?? null,
      stored?.bytes ?? null,
      stored?.sha256 ?? null,
      fetched.status === 'failed' ? fetched.problem : null,
    ],
  );
  return row !== null;
}

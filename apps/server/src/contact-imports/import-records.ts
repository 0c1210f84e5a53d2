import type { TenantTransaction } from '../platform/database/doors.ts';
import type { ColumnMapping } from './mapping.ts';

export type ImportStatus = 'uploaded' | 'checking' | 'checked' | 'importing' | 'done' | 'canceled' | 'failed';

export interface ImportRecord {
  id: string;
  name: string;
  status: ImportStatus;
  bytes: number;
  encoding: string;
  delimiter: string;
  header: string[];
  preview: string[][];
  mapping: ColumnMapping[] | null;
  whenKnown: 'update' | 'skip' | null;
  cancelRequested: boolean;
  rowsDone: number;
  rowsTotal: number | null;
  created: number;
  updated: number;
  unchanged: number;
  failed: number;
  bytesDone: number;
  error: string | null;
  createdBy: string | null;
  actor: string;
  createdAt: Date;
  startedAt: Date | null;
  endedAt: Date | null;
}

const COLUMNS = `id, name, status, bytes::float8 as bytes, encoding, delimiter, header, preview, mapping,
  when_known as "whenKnown", cancel_requested as "cancelRequested", rows_done as "rowsDone", rows_total as "rowsTotal",
  created, updated, unchanged, failed, bytes_done::float8 as "bytesDone", error, created_by as "createdBy", actor,
  created_at as "createdAt", started_at as "startedAt", ended_at as "endedAt"`;

const MOST_SHOWN = 100;

/** The newest first. */
export function listImports(tx: TenantTransaction): Promise<ImportRecord[]> {
  return tx.query<ImportRecord>(
    `select ${COLUMNS} from contact_imports where tenant_id = $1 order by id desc limit ${MOST_SHOWN}`,
    [tx.tenantId],
  );
}

export function findImport(tx: TenantTransaction, id: string, lock = ''): Promise<ImportRecord | null> {
  return tx.first<ImportRecord>(
    `select ${COLUMNS} from contact_imports where tenant_id = $1 and id = $2${lock && ' for update'}`,
    [tx.tenantId, id],
  );
}

/** Whether it may be started: not while it runs, and not again once it is done. */
export function canStart(status: ImportStatus): boolean {
  return status === 'uploaded' || status === 'checked' || status === 'canceled' || status === 'failed';
}

export function runs(status: ImportStatus): boolean {
  return status === 'checking' || status === 'importing';
}

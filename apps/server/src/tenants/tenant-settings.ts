import { appendAudit } from '../platform/audit/append.ts';
import type { Database } from '../platform/database/doors.ts';
import { actorOf, type Principal } from '../platform/http/principal.ts';

export interface TenantSettings {
  id: string;
  name: string;
  /** IANA name. */
  timeZone: string;
  /** #rrggbb; null: Patchline's own. */
  branding: { accent: string | null };
  /** What machines may do with the tenant's texts and calls. */
  ai: { transcription: boolean; suggestions: boolean; assistants: boolean };
  /** Days; null: for good. */
  retention: { messagesDays: number | null; recordingsDays: number | null; auditDays: number | null };
  /** Where a number without a calling code is read: ISO 3166, two letters. */
  rules: { country: string };
}

/** What is left out stays as it is. */
export interface TenantChange {
  name?: string | undefined;
  timeZone?: string | undefined;
  branding?: { accent?: string | null | undefined } | undefined;
  ai?: Partial<Record<keyof TenantSettings['ai'], boolean | undefined>> | undefined;
  retention?: Partial<Record<keyof TenantSettings['retention'], number | null | undefined>> | undefined;
  rules?: { country?: string | undefined } | undefined;
}

interface TenantRow {
  name: string;
  time_zone: string;
  accent: string | null;
  country: string;
  ai_transcription: boolean;
  ai_suggestions: boolean;
  ai_assistants: boolean;
  retention_messages_days: number | null;
  retention_recordings_days: number | null;
  retention_audit_days: number | null;
}

const COLUMNS = `name, time_zone, accent, country, ai_transcription, ai_suggestions, ai_assistants,
  retention_messages_days, retention_recordings_days, retention_audit_days`;

export async function readTenant(database: Database, tenantId: string): Promise<TenantSettings> {
  const row = await database.withTenant(tenantId, (tx) =>
    tx.first<TenantRow>(`select ${COLUMNS} from tenants where tenant_id = $1`, [tenantId]),
  );
  if (row === null) throw new Error('A member belongs to a tenant that is not there');
  return {
    id: tenantId,
    name: row.name,
    timeZone: row.time_zone,
    branding: { accent: row.accent },
    ai: { transcription: row.ai_transcription, suggestions: row.ai_suggestions, assistants: row.ai_assistants },
    retention: {
      messagesDays: row.retention_messages_days,
      recordingsDays: row.retention_recordings_days,
      auditDays: row.retention_audit_days,
    },
    rules: { country: row.country },
  };
}

/** Changes what is given; the ledger keeps what it was given as. */
export async function changeTenant(
  deps: { database: Database; linker: { signal(tenantId: string): void } },
  asker: Principal,
  change: TenantChange,
): Promise<void> {
  const columns: Partial<Record<keyof TenantRow, unknown>> = {
    name: change.name,
    time_zone: change.timeZone,
    accent: change.branding?.accent,
    country: change.rules?.country,
    ai_transcription: change.ai?.transcription,
    ai_suggestions: change.ai?.suggestions,
    ai_assistants: change.ai?.assistants,
    retention_messages_days: change.retention?.messagesDays,
    retention_recordings_days: change.retention?.recordingsDays,
    retention_audit_days: change.retention?.auditDays,
  };
  // The names are those above, none is anybody's input.
  const given = Object.entries(columns).filter(([, value]) => value !== undefined);
  if (given.length === 0) return;
  await deps.database.withTenant(asker.tenantId, async (tx) => {
    await tx.query(
      `update tenants set ${given.map(([column], i) => `${column} = $${i + 2}`).join(', ')} where tenant_id = $1`,
      [tx.tenantId, ...given.map(([, value]) => value)],
    );
    await appendAudit(tx, [
      { kind: 'tenant.changed', subject: tx.tenantId, actor: actorOf(asker), payload: Object.fromEntries(given) },
    ]);
    tx.afterCommit(() => deps.linker.signal(tx.tenantId));
  });
}

import { commitEffects, type MessagingCore } from '../messaging/index.ts';
import type { Actor } from '../platform/audit/append.ts';
import type { Database, TenantTransaction } from '../platform/database/doors.ts';
import { ApiError } from '../platform/http/api-error.ts';
import { checkCustom, checkOwner, normalTags } from './contact-input.ts';
import { lockThreadsOf, picturesOf } from './contact-threads.ts';

export type ContactDeps = { database: Database } & Pick<MessagingCore, 'processId' | 'pusher' | 'linker'>;

/** What is left out stays as it is. */
export interface ContactChange {
  name?: string | null | undefined;
  type?: 'lead' | 'customer' | undefined;
  company?: string | null | undefined;
  ownerId?: string | null | undefined;
  tags?: readonly string[] | undefined;
  /** Values by key; null takes one away, and keys that are left out keep theirs. */
  custom?: Record<string, unknown> | undefined;
}

export interface ContactRow {
  name: string | null;
  type: 'lead' | 'customer';
  company: string | null;
  ownerId: string | null;
  tags: string[];
  custom: Record<string, unknown>;
}

/** Changes a contact; its threads show a new name at once. */
export async function changeContact(
  deps: ContactDeps,
  of: { tenantId: string; contactId: string; actor: Actor },
  change: ContactChange,
): Promise<void> {
  await deps.database.withTenant(of.tenantId, async (tx) => {
    const threads = change.name === undefined ? [] : await lockThreadsOf(tx, [of.contactId]);
    const before = await lockContact(tx, of.contactId);
    await checkOwner(tx, change.ownerId);
    await checkCustom(tx, change.custom ?? {});
    const after = changed(before, change);
    const changes = Object.fromEntries(
      (Object.keys(after) as Array<keyof ContactRow>)
        .filter((key) => JSON.stringify(after[key]) !== JSON.stringify(before[key]))
        .map((key) => [key, { from: before[key], to: after[key] }]),
    );
    if (Object.keys(changes).length === 0) return;
    await tx.query(
      `update contacts set name = $3, type = $4, company = $5, owner_id = $6, tags = $7, custom = $8, updated_at = now()
       where tenant_id = $1 and id = $2`,
      [tx.tenantId, of.contactId, after.name, after.type, after.company, after.ownerId, after.tags, after.custom],
    );
    await commitEffects(deps, tx, {
      audit: [{ kind: 'contact.changed', subject: of.contactId, actor: of.actor, payload: { changes } }],
      hot: changes.name === undefined ? [] : await picturesOf(tx, threads),
    });
  });
}

/** @throws ApiError not_found, also for one that was merged into another */
export async function lockContact(tx: TenantTransaction, id: string): Promise<ContactRow> {
  const row = await tx.first<ContactRow>(
    `select name, type, company, owner_id as "ownerId", tags, custom from contacts
     where tenant_id = $1 and id = $2 and merged_into is null for update`,
    [tx.tenantId, id],
  );
  if (row === null) throw new ApiError('not_found');
  return row;
}

/** @throws ApiError not_found */
export async function requireContact(tx: TenantTransaction, id: string): Promise<void> {
  const row = await tx.first('select 1 from contacts where tenant_id = $1 and id = $2', [tx.tenantId, id]);
  if (row === null) throw new ApiError('not_found');
}

function changed(before: ContactRow, change: ContactChange): ContactRow {
  const given = <T>(value: T | undefined, otherwise: T): T => (value === undefined ? otherwise : value);
  const custom = { ...before.custom, ...change.custom };
  return {
    name: given(change.name, before.name),
    type: given(change.type, before.type),
    company: given(change.company, before.company),
    ownerId: given(change.ownerId, before.ownerId),
    tags: change.tags === undefined ? before.tags : normalTags(change.tags),
    custom: Object.fromEntries(Object.entries(custom).filter(([, value]) => value !== null)),
  };
}

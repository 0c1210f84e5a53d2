import { commitEffects, type MessagingCore, touchThread } from '../messaging/index.ts';
import type { Actor } from '../platform/audit/append.ts';
import type { Database } from '../platform/database/doors.ts';
import { threadEntry } from '../platform/hot/project.ts';
import { ApiError } from '../platform/http/api-error.ts';

export type RenameDeps = { database: Database } & Pick<MessagingCore, 'processId' | 'pusher' | 'linker'>;

/** Renames a contact; its threads show the new name at once. */
export async function renameContact(
  deps: RenameDeps,
  change: { tenantId: string; contactId: string; name: string | null; actor: Actor },
): Promise<void> {
  await deps.database.withTenant(change.tenantId, async (tx) => {
    // Threads before the contact: see the lock order in migration 0002.
    const threads = await tx.query<{ id: string }>(
      `select t.id from threads t
       where t.tenant_id = $1 and t.channel = 'sms'
         and t.their_address in (select address from contact_addresses where tenant_id = $1 and contact_id = $2)
       order by t.id for update`,
      [change.tenantId, change.contactId],
    );
    const before = await tx.first<{ name: string | null }>(
      'select name from contacts where tenant_id = $1 and id = $2 for update',
      [change.tenantId, change.contactId],
    );
    if (before === null) throw new ApiError('not_found');
    if (before.name === change.name) return;
    await tx.query('update contacts set name = $3, updated_at = now() where tenant_id = $1 and id = $2', [
      change.tenantId,
      change.contactId,
      change.name,
    ]);
    const hot = [];
    for (const { id } of threads) {
      const picture = await touchThread(tx, id);
      if (picture !== null) hot.push(threadEntry(picture));
    }
    await commitEffects(deps, tx, {
      audit: [
        {
          kind: 'contact.renamed',
          subject: change.contactId,
          actor: change.actor,
          payload: { from: before.name, to: change.name },
        },
      ],
      hot,
    });
  });
}

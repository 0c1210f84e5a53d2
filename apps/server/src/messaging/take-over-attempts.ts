import { lockMessage } from './change-status.ts';
import type { MessagingCore } from './core.ts';
import { declareUnknown } from './dispatch.ts';
import { lockThread } from './thread-facts.ts';

/** Declares the open attempts of a dead process unknown, so that each of its messages gets an outcome. */
export async function takeOverAttempts(core: MessagingCore, deadProcessId: string): Promise<void> {
  const tenants = await core.database.withPlatform((tx) =>
    tx.query<{ tenant_id: string }>('select tenant_id from tenants'),
  );
  for (const { tenant_id: tenantId } of tenants) {
    const open = await core.database.withTenant(tenantId, (tx) =>
      tx.query<{ id: string; message_id: string; thread_id: string }>(
        `select a.id, a.message_id, m.thread_id from send_attempts a
         join messages m on m.tenant_id = a.tenant_id and m.id = a.message_id
         where a.tenant_id = $1 and a.process_id = $2 and a.ended_at is null`,
        [tenantId, deadProcessId],
      ),
    );
    for (const attempt of open) {
      await core.database.withTenant(tenantId, async (tx) => {
        await lockThread(tx, attempt.thread_id);
        const message = await lockMessage(tx, attempt.message_id);
        const still = await tx.first(
          'select 1 from send_attempts where tenant_id = $1 and id = $2 and ended_at is null',
          [tenantId, attempt.id],
        );
        if (message === null || still === null) return;
        await declareUnknown(core, tx, attempt.id, message, 'The process ended during the call');
      });
    }
  }
}

import type { MessagingCore } from './core.ts';
import { recordStatus } from './record-status.ts';

/** A report that did not come for this long is asked for, in seconds. */
export const REPORT_OVERDUE_SECONDS = 120;

/** Messages asked about in one round: bounds what a long outage costs at once. */
const MOST_ASKED = 200;

/**
 * Messages the carrier took but has said nothing of for `overdueSeconds`: asks it, and applies the answer. No carrier
 * keeps a report for us that we were not there to take.
 */
export async function reconcileOverdue(core: MessagingCore, overdueSeconds = REPORT_OVERDUE_SECONDS): Promise<void> {
  const tenants = await core.database.withPlatform((tx) =>
    tx.query<{ tenant_id: string }>('select tenant_id from tenants'),
  );
  for (const { tenant_id: tenantId } of tenants) {
    const overdue = await core.database.withTenant(tenantId, (tx) =>
      tx.query<{ id: string; carrier_account_id: string; carrier_message_id: string; our_address: string }>(
        `select id, carrier_account_id, carrier_message_id, our_address from messages
         where tenant_id = $1 and direction = 'outbound' and status in ('queued', 'sent')
           and carrier_message_id is not null
           and updated_at < now() - make_interval(secs => $2) and at > now() - interval '1 day'
         order by at limit ${MOST_ASKED}`,
        [tenantId, overdueSeconds],
      ),
    );
    for (const message of overdue) {
      const account = await core.directory.account(tenantId, message.carrier_account_id);
      const told = await core.carriers(account.carrier).fetch(account, message.carrier_message_id);
      if (told === null) continue;
      await recordStatus(core, {
        number: { tenantId, e164: message.our_address, account },
        carrierMessageId: message.carrier_message_id,
        messageId: message.id,
        status: told.status,
        error: told.error,
      });
    }
  }
}

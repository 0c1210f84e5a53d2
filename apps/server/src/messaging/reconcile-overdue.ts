import type { MessagingCore } from './core.ts';
import { recordStatus } from './record-status.ts';

/** A report that did not come for this long is asked for, in seconds; the pause doubles with each question. */
const REPORT_OVERDUE_SECONDS = 120;

/** No longer pause than this many doublings. */
const MOST_DOUBLINGS = 9;

/** Messages asked about in one round: bounds what a long outage costs at once. */
const MOST_ASKED = 200;

interface Overdue {
  id: string;
  carrier_account_id: string;
  carrier_message_id: string;
  our_address: string;
}

/**
 * Messages the carrier took but has said nothing of for `overdueSeconds`: asks it, and applies the answer. No carrier
 * keeps a report for us that we were not there to take, and some networks never report: those are asked about less and
 * less, so that they do not crowd out the rest. An account that cannot be asked holds up no other.
 */
export async function reconcileOverdue(core: MessagingCore, overdueSeconds = REPORT_OVERDUE_SECONDS): Promise<void> {
  const tenants = await core.database.withPlatform((tx) =>
    tx.query<{ tenant_id: string }>('select tenant_id from tenants'),
  );
  for (const { tenant_id: tenantId } of tenants) {
    const overdue = await core.database.withTenant(tenantId, (tx) =>
      tx.query<Overdue>(
        `select id, carrier_account_id, carrier_message_id, our_address from messages
         where tenant_id = $1 and direction = 'outbound' and status in ('queued', 'sent')
           and carrier_message_id is not null and at > now() - interval '1 day'
           and greatest(updated_at, report_asked_at)
             < now() - make_interval(secs => $2) * power(2, least(report_asks, ${MOST_DOUBLINGS}))
         order by report_asks, at limit ${MOST_ASKED}`,
        [tenantId, overdueSeconds],
      ),
    );
    const unreachable = new Set<string>();
    for (const message of overdue) {
      if (unreachable.has(message.carrier_account_id)) continue;
      try {
        await askAbout(core, tenantId, message);
      } catch (error) {
        unreachable.add(message.carrier_account_id);
        core.log.warn(
          { err: error, accountId: message.carrier_account_id },
          'the carrier could not be asked for reports that did not come',
        );
      }
    }
  }
}

async function askAbout(core: MessagingCore, tenantId: string, message: Overdue): Promise<void> {
  const account = await core.directory.account(tenantId, message.carrier_account_id);
  const told = await core.carriers(account.carrier).fetch(account, message.carrier_message_id);
  if (told !== null) {
    await recordStatus(core, {
      number: { tenantId, e164: message.our_address, account },
      carrierMessageId: message.carrier_message_id,
      messageId: message.id,
      status: told.status,
      error: told.error,
    });
  }
  // Only after the answer was applied: a process that dies in between must not leave the pause without its answer.
  await core.database.withTenant(tenantId, (tx) =>
    tx.query(
      'update messages set report_asks = report_asks + 1, report_asked_at = now() where tenant_id = $1 and id = $2',
      [tenantId, message.id],
    ),
  );
}

import type { Direction, MessageStatus } from '@patchline/contracts/message-status';
import type { TenantTransaction } from '../platform/database/doors.ts';
import { type SeenTeams, visibleThread } from '../platform/database/visible-threads.ts';

export interface ConversationRow {
  id: string;
  thread_id: string;
  contact_id: string;
  contact_name: string | null;
  sms_off: boolean;
  their_address: string;
  our_address: string;
  last_message_id: string | null;
  last_message_snippet: string;
  last_message_direction: Direction | null;
  last_message_status: MessageStatus | null;
  last_message_at: Date;
  unread: number;
  status: 'open' | 'closed';
  version: number;
  fence: number;
  last_seq: number;
}

/** A place in the list: what comes after it is older. */
export interface ConversationCursor {
  at: Date;
  id: string;
}

const COLUMNS = `
  select v.id, t.id as thread_id, c.id as contact_id, c.name as contact_name, t.their_address, t.our_address,
    coalesce(d.is_set, false) as sms_off,
    v.last_message_id, v.last_message_snippet, v.last_message_direction, v.last_message_status, v.last_message_at,
    v.unread, v.status, t.version, t.fence, t.last_seq
  from conversations v
  join threads t on t.tenant_id = v.tenant_id and t.id = v.thread_id
  join contacts c on c.tenant_id = v.tenant_id and c.id = v.contact_id
  left join dnc_flags d on d.tenant_id = v.tenant_id and d.channel = 'sms' and d.address = t.their_address`;

/** One page of the inbox, newest first, by keyset: pages cost the same however deep. `q` matches name, number or last line. */
export function listConversations(
  tx: TenantTransaction,
  filter: { status: 'open' | 'closed' | 'all'; q: string; after: ConversationCursor | null; limit: number },
  teams: SeenTeams,
): Promise<ConversationRow[]> {
  return tx.query<ConversationRow>(
    `${COLUMNS}
     where v.tenant_id = $1 and v.last_message_id is not null
       and ($2 = 'all' or v.status = $2)
       and ($3::timestamptz is null or (v.last_message_at, v.id) < ($3, $4::uuid))
       and ($5 = '' or c.name ilike $6 or v.last_message_snippet ilike $6 or ($7 <> '' and t.their_address like $8))
       and ${visibleThread('t.our_address', '$10')}
     order by v.last_message_at desc, v.id desc limit $9`,
    [
      tx.tenantId,
      filter.status,
      filter.after?.at ?? null,
      filter.after?.id ?? null,
      filter.q,
      `%${filter.q.replace(/[\\%_]/g, '\\$&')}%`,
      digitsOf(filter.q),
      `%${digitsOf(filter.q)}%`,
      filter.limit,
      teams,
    ],
  );
}

/** What is searched among numbers: only something that is written like one, or every "6" would find half of them. */
function digitsOf(q: string): string {
  return /^[\d\s()+./-]{3,}$/.test(q) ? q.replace(/\D/g, '') : '';
}

/** A conversation whose last thread the asker sees, or null: to them it is not there. */
export function findConversation(tx: TenantTransaction, id: string, teams: SeenTeams): Promise<ConversationRow | null> {
  return tx.first<ConversationRow>(
    `${COLUMNS} where v.tenant_id = $1 and v.id = $2 and ${visibleThread('t.our_address', '$3')}`,
    [tx.tenantId, id, teams],
  );
}

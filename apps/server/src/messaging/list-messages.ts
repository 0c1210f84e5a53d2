import type { TenantTransaction } from '../platform/database/doors.ts';
import { type SeenTeams, visibleThread } from '../platform/database/visible-threads.ts';
import type { MessageFacts } from '../platform/hot/project.ts';

export interface StoredMessage extends MessageFacts {
  conversation_id: string;
  carrier_message_id: string | null;
  our_address: string;
  their_address: string;
  segments: number;
}

const COLUMNS = `id, thread_id, conversation_id, seq, version, direction, body, status, at, author_id, author_name,
  error_code, error_message, decision, media, carrier_message_id, our_address, their_address, segments`;

/** Messages of a thread, newest first, between two places that are not part of the answer. */
export function listMessages(
  tx: TenantTransaction,
  threadId: string,
  range: { before: number | null; after: number | null; limit: number },
): Promise<StoredMessage[]> {
  return tx.query<StoredMessage>(
    `select ${COLUMNS} from messages
     where tenant_id = $1 and thread_id = $2 and seq < $3 and seq > $4 order by seq desc limit $5`,
    [tx.tenantId, threadId, range.before ?? Number.MAX_SAFE_INTEGER, range.after ?? 0, range.limit],
  );
}

/** A message of a thread that the asker sees, or null: to them it is not there. */
export function findMessage(tx: TenantTransaction, id: string, teams: SeenTeams): Promise<StoredMessage | null> {
  return tx.first<StoredMessage>(
    `select ${COLUMNS} from messages where tenant_id = $1 and id = $2 and ${visibleThread('our_address', '$3')}`,
    [tx.tenantId, id, teams],
  );
}

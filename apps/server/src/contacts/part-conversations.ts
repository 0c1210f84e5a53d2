import type { MediaItem } from '@patchline/contracts/media';
import { v7 as uuidv7 } from 'uuid';
import { preview } from '../messaging/index.ts';
import type { TenantTransaction } from '../platform/database/doors.ts';

/** How far each thread had come when something was done. */
export type ThreadPlaces = Readonly<Record<string, number>>;

export async function placesOf(tx: TenantTransaction, threadIds: readonly string[]): Promise<ThreadPlaces> {
  const rows = await tx.query<{ id: string; last_seq: number }>(
    'select id, last_seq from threads where tenant_id = $1 and id = any($2)',
    [tx.tenantId, threadIds],
  );
  return Object.fromEntries(rows.map(({ id, last_seq: seq }) => [id, seq]));
}

/**
 * While several contacts were one, all of them wrote into one conversation. Now that their addresses are taken apart, this
 * moves what each wrote since into a conversation of their own: its newest, or a new one.
 *
 * @param threadIds locked by the caller
 * @param since after these places; all of a thread that is not among them
 */
export async function partConversations(
  tx: TenantTransaction,
  contactIds: readonly string[],
  threadIds: readonly string[],
  since: ThreadPlaces,
): Promise<void> {
  const strays = await tx.query<{ thread_id: string; contact_id: string; seqs: number[]; left: string[] }>(
    `select t.id as thread_id, a.contact_id, array_agg(m.seq::int) as seqs, array_agg(distinct v.id) as left
     from unnest($2::uuid[], $3::bigint[]) s(id, seq)
     join threads t on t.tenant_id = $1 and t.id = s.id
     join contact_addresses a on a.tenant_id = $1 and a.channel = t.channel and a.address = t.their_address
     join messages m on m.tenant_id = $1 and m.thread_id = t.id and m.seq > s.seq
     join conversations v on v.tenant_id = $1 and v.id = m.conversation_id
     where a.contact_id = any($4) and v.contact_id = any($4) and v.contact_id <> a.contact_id
     group by t.id, a.contact_id order by min(m.at), t.id`,
    [tx.tenantId, threadIds, threadIds.map((id) => since[id] ?? 0), contactIds],
  );
  const touched = new Set<string>();
  for (const { thread_id: threadId, contact_id: contactId, seqs, left } of strays) {
    const conversationId = await conversationOf(tx, contactId, threadId);
    await tx.query(
      `update messages set conversation_id = $4 where tenant_id = $1 and thread_id = $2 and seq = any($3)`,
      [tx.tenantId, threadId, seqs, conversationId],
    );
    for (const id of [conversationId, ...left]) touched.add(id);
    await describe(tx, [conversationId], threadIds);
  }
  await describe(tx, [...touched], threadIds);
  await tx.query(
    `update threads t set conversation_id = m.conversation_id from messages m
     where t.tenant_id = $1 and t.id = any($2) and m.tenant_id = $1 and m.thread_id = t.id and m.seq = t.last_seq`,
    [tx.tenantId, strays.map(({ thread_id: id }) => id)],
  );
}

async function conversationOf(tx: TenantTransaction, contactId: string, threadId: string): Promise<string> {
  const newest = await tx.first<{ id: string }>(
    `select id from conversations where tenant_id = $1 and contact_id = $2 order by last_message_at desc, id desc limit 1`,
    [tx.tenantId, contactId],
  );
  if (newest !== null) return newest.id;
  const id = uuidv7();
  await tx.query(`insert into conversations (tenant_id, id, contact_id, thread_id) values ($1, $2, $3, $4)`, [
    tx.tenantId,
    id,
    contactId,
    threadId,
  ]);
  return id;
}

/** What lists show of conversations whose messages are others now. */
async function describe(
  tx: TenantTransaction,
  conversationIds: readonly string[],
  threadIds: readonly string[],
): Promise<void> {
  const rows = await tx.query<{
    id: string;
    thread_id: string;
    message_id: string;
    body: string;
    media: MediaItem[];
    direction: string;
    status: string;
    at: Date;
    unread: number;
  }>(
    `select v.id, l.thread_id, l.id as message_id, l.body, l.media, l.direction, l.status, l.at,
       (select count(*)::int from threads t join messages m on m.tenant_id = $1 and m.thread_id = t.id and m.seq > t.read_seq
        where t.tenant_id = $1 and t.id = any($3) and m.conversation_id = v.id and m.direction = 'inbound') as unread
     from conversations v, lateral (
       select m.* from unnest($3::uuid[]) t(id), lateral (
         select x.* from messages x where x.tenant_id = $1 and x.thread_id = t.id and x.conversation_id = v.id
         order by x.seq desc limit 1) m
       order by m.at desc, m.id desc limit 1) l
     where v.tenant_id = $1 and v.id = any($2)`,
    [tx.tenantId, conversationIds, threadIds],
  );
  for (const row of rows) {
    await tx.query(
      `update conversations set thread_id = $3, last_message_id = $4, last_message_at = $5, last_message_snippet = $6,
         last_message_direction = $7, last_message_status = $8, unread = $9
       where tenant_id = $1 and id = $2`,
      [
        tx.tenantId,
        row.id,
        row.thread_id,
        row.message_id,
        row.at,
        preview(row.body, row.media),
        row.direction,
        row.status,
        row.unread,
      ],
    );
  }
}

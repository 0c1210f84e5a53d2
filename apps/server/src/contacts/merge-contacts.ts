import { v7 as uuidv7 } from 'uuid';
import { commitEffects } from '../messaging/index.ts';
import type { TenantTransaction } from '../platform/database/doors.ts';
import { ApiError } from '../platform/http/api-error.ts';
import { actorName, actorOf, type Principal } from '../platform/http/principal.ts';
import { type ContactDeps, type ContactRow, lockContact } from './change-contact.ts';
import { normalTags } from './contact-input.ts';
import { lockThreadsOf, picturesOf } from './contact-threads.ts';
import { partConversations, placesOf, type ThreadPlaces } from './part-conversations.ts';

/** What a merge moved: all that undoing it needs. */
interface Moved {
  kept: { before: ContactRow; after: ContactRow };
  merged: Array<{
    id: string;
    addresses: Array<{ channel: string; address: string }>;
    conversations: string[];
    notes: string[];
  }>;
  /** What came in after these belongs to whom its address belongs to. */
  threads: ThreadPlaces;
}

/** Merged at once. */
export const MOST_MERGED = 20;

/**
 * Makes several contacts one: addresses, conversations and notes move to the kept one, which takes from the others what it
 * lacks. Messages belong to addresses, so none is rewritten; do-not-contact flags belong to numbers, so none is lost.
 * @throws ApiError not_found, also when one of them is deleted or part of another
 */
export async function mergeContacts(
  deps: ContactDeps,
  asker: Principal,
  wish: { keep: string; merge: readonly string[] },
): Promise<{ mergeId: string }> {
  const ids = [...new Set(wish.merge)].filter((id) => id !== wish.keep).toSorted();
  if (ids.length === 0) {
    throw new ApiError('invalid_input', { details: [{ path: 'merge', message: 'names no other contact' }] });
  }
  return deps.database.withTenant(asker.tenantId, async (tx) => {
    const all = [wish.keep, ...ids];
    const threads = await lockThreadsOf(tx, all);
    const rows = new Map<string, ContactRow>();
    for (const id of all.toSorted()) rows.set(id, await lockContact(tx, id));
    const gone = await tx.first(
      'select 1 from contacts where tenant_id = $1 and id = any($2) and deleted_at is not null',
      [tx.tenantId, all],
    );
    if (gone !== null) throw new ApiError('not_found');
    const before = rows.get(wish.keep) as ContactRow;
    const after = united([before, ...ids.map((id) => rows.get(id) as ContactRow)]);
    const merged: Moved['merged'] = [];
    for (const id of ids) merged.push(await moveAll(tx, id, wish.keep));
    await store(tx, wish.keep, after);
    await tx.query('update contacts set merged_into = $3, updated_at = now() where tenant_id = $1 and id = any($2)', [
      tx.tenantId,
      ids,
      wish.keep,
    ]);
    await goOnWithNewest(tx, all);
    const mergeId = uuidv7();
    const moved: Moved = { kept: { before, after }, merged, threads: await placesOf(tx, threads) };
    await tx.query(
      'insert into contact_merges (tenant_id, id, kept_id, moved, actor) values ($1, $2, $3, $4::jsonb, $5)',
      [tx.tenantId, mergeId, wish.keep, JSON.stringify(moved), actorName(asker)],
    );
    await commitEffects(deps, tx, {
      audit: [{ kind: 'contact.merged', subject: wish.keep, actor: actorOf(asker), payload: { mergeId, merged: ids } }],
      hot: await picturesOf(tx, threads),
    });
    return { mergeId };
  });
}

/**
 * Puts back what a merge moved. What was changed by hand since stays as it is; what came in since goes to whom its address
 * belongs to. @throws ApiError not_found; merge_superseded when the kept contact was merged again since
 */
export async function undoMerge(deps: ContactDeps, asker: Principal, mergeId: string): Promise<void> {
  await deps.database.withTenant(asker.tenantId, async (tx) => {
    const merge = await tx.first<{ kept_id: string; moved: Moved; at: Date }>(
      'select kept_id, moved, at from contact_merges where tenant_id = $1 and id = $2 and undone_at is null',
      [tx.tenantId, mergeId],
    );
    if (merge === null) throw new ApiError('not_found');
    const { kept_id: keptId, moved } = merge;
    const threads = await lockThreadsOf(tx, [keptId]);
    const now = await lockKept(tx, keptId);
    // Under the contact's lock: of two who undo at once, the second finds nothing.
    const mine = await tx.first(
      `update contact_merges m set undone_at = now() where tenant_id = $1 and id = $2 and undone_at is null
         and not exists (select 1 from contact_merges l where l.tenant_id = $1 and l.kept_id = m.kept_id
           and l.undone_at is null and l.id > m.id)
       returning 1`,
      [tx.tenantId, mergeId],
    );
    if (mine === null) throw new ApiError('merge_superseded');
    for (const each of moved.merged) await moveBack(tx, keptId, each, merge.at);
    await store(tx, keptId, restored(now, moved.kept));
    const apart = [keptId, ...moved.merged.map(({ id }) => id)];
    await partConversations(tx, apart, threads, moved.threads);
    await goOnWithNewest(tx, apart);
    await commitEffects(deps, tx, {
      audit: [
        {
          kind: 'contact.merge_undone',
          subject: keptId,
          actor: actorOf(asker),
          payload: { mergeId, merged: moved.merged.map(({ id }) => id) },
        },
      ],
      hot: await picturesOf(tx, threads),
    });
  });
}

async function lockKept(tx: TenantTransaction, id: string): Promise<ContactRow> {
  try {
    return await lockContact(tx, id);
  } catch (error) {
    // It is there, as the merge names it: so it became part of another one itself.
    if (error instanceof ApiError && error.code === 'not_found')
      throw new ApiError('merge_superseded', { cause: error });
    throw error;
  }
}

/** The first with what it lacks from the others. */
function united(rows: readonly ContactRow[]): ContactRow {
  const first = <Key extends keyof ContactRow>(key: Key) =>
    (rows.find((row) => row[key] !== null) ?? rows[0])?.[key] as ContactRow[Key];
  return {
    name: first('name'),
    type: rows.some(({ type }) => type === 'customer') ? 'customer' : 'lead',
    company: first('company'),
    ownerId: first('ownerId'),
    tags: normalTags(rows.flatMap(({ tags }) => tags)).slice(0, 50),
    custom: Object.assign({}, ...rows.map(({ custom }) => custom).toReversed()),
  };
}

/** As it was before, but for what somebody has changed since. */
function restored(now: ContactRow, { before, after }: Moved['kept']): ContactRow {
  const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
  const keys = Object.keys(before) as Array<keyof ContactRow>;
  return Object.fromEntries(
    keys.map((key) => [key, same(now[key], after[key]) ? before[key] : now[key]]),
  ) as unknown as ContactRow;
}

async function moveAll(tx: TenantTransaction, from: string, to: string): Promise<Moved['merged'][number]> {
  const values = [tx.tenantId, from, to];
  const addresses = await tx.query<{ channel: string; address: string }>(
    `update contact_addresses set contact_id = $3 where tenant_id = $1 and contact_id = $2 returning channel, address`,
    values,
  );
  const moved = async (table: 'conversations' | 'contact_notes') =>
    (
      await tx.query<{ id: string }>(
        `update ${table} set contact_id = $3 where tenant_id = $1 and contact_id = $2 returning id`,
        values,
      )
    ).map(({ id }) => id);
  return { id: from, addresses, conversations: await moved('conversations'), notes: await moved('contact_notes') };
}

async function moveBack(tx: TenantTransaction, from: string, to: Moved['merged'][number], since: Date): Promise<void> {
  const channels = to.addresses.map(({ channel }) => channel);
  const addresses = to.addresses.map(({ address }) => address);
  await tx.query('update contacts set merged_into = null, updated_at = now() where tenant_id = $1 and id = $2', [
    tx.tenantId,
    to.id,
  ]);
  await tx.query(
    `update contact_addresses a set contact_id = $3 from unnest($4::text[], $5::text[]) o(channel, address)
     where a.tenant_id = $1 and a.contact_id = $2 and a.channel = o.channel and a.address = o.address`,
    [tx.tenantId, from, to.id, channels, addresses],
  );
  await tx.query(
    `update conversations v set contact_id = $3 from threads t
     where v.tenant_id = $1 and v.contact_id = $2 and t.tenant_id = v.tenant_id and t.id = v.thread_id
       and (v.id = any($4) or (v.created_at >= $5 and t.their_address = any($6)))`,
    [tx.tenantId, from, to.id, to.conversations, since, addresses],
  );
  await tx.query('update contact_notes set contact_id = $3 where tenant_id = $1 and contact_id = $2 and id = any($4)', [
    tx.tenantId,
    from,
    to.id,
    to.notes,
  ]);
}

function store(tx: TenantTransaction, id: string, row: ContactRow): Promise<unknown> {
  return tx.query(
    `update contacts set name = $3, type = $4, company = $5, owner_id = $6, tags = $7, custom = $8, updated_at = now()
     where tenant_id = $1 and id = $2`,
    [tx.tenantId, id, row.name, row.type, row.company, row.ownerId, row.tags, row.custom],
  );
}

/** What a contact writes next goes on with its newest conversation. */
function goOnWithNewest(tx: TenantTransaction, ids: readonly string[]): Promise<unknown> {
  return tx.query(
    `update contacts c set current_conversation_id = (
       select v.id from conversations v where v.tenant_id = c.tenant_id and v.contact_id = c.id
       order by v.last_message_at desc, v.id desc limit 1)
     where c.tenant_id = $1 and c.id = any($2)`,
    [tx.tenantId, ids],
  );
}

import { v7 as uuidv7 } from 'uuid';
import { lockThreadsOf, picturesOf, type StoredAddress } from '../contacts/index.ts';
import type { TenantTransaction } from '../platform/database/doors.ts';
import type { FeedEntry } from '../platform/hot/hot-gateway.ts';
import type { ReadRow, RowContact } from './mapping.ts';
import { plainWords } from './plain-words.ts';

export interface NumberedRow {
  /** As a spreadsheet counts: the header is row 1. */
  row: number;
  cells: string[];
  read: ReadRow;
}

export interface Applied {
  created: number;
  updated: number;
  unchanged: number;
  failed: number;
  /** News for the inbox. */
  hot: FeedEntry[];
}

/** Somebody else took an address in this very moment: the rows are to be tried again, in a new transaction. */
export class AddressRace extends Error {
  override name = 'AddressRace';
}

interface Known {
  id: string;
  name: string | null;
  type: 'lead' | 'customer';
  company: string | null;
  ownerId: string | null;
  tags: string[];
  custom: Record<string, unknown>;
  deleted: boolean;
}

/** A contact that rows are about, as it will be. */
interface Target extends Known {
  isNew: boolean;
  changed: boolean;
  renamed: boolean;
  addresses: StoredAddress[];
  notes: string[];
}

/**
 * Stores rows of a file, hundreds in a few statements. A row is about the contact that has one of its addresses; rows with
 * the same address are about the same contact. Flags belong to numbers: nothing here sets or clears one.
 *
 * @param options.dryRun only says what would become of the rows
 */
export async function applyRows(
  tx: TenantTransaction,
  rows: readonly NumberedRow[],
  options: {
    importId: string;
    whenKnown: 'update' | 'skip';
    dryRun: boolean;
    authorName: string;
    authorId: string | null;
  },
): Promise<Applied> {
  const owners = await ownersOf(tx, rows);
  const ids = new Set(owners.values());
  // Threads before contacts: see the lock order in migration 0002.
  if (!options.dryRun && ids.size > 0) await lockThreadsOf(tx, [...ids]);
  const known = await readKnown(tx, ids, !options.dryRun);
  const targets = new Map<string, Target>();
  const byAddress = new Map<string, Target>();
  const problems: Array<{ row: NumberedRow; problem: string }> = [];
  let unchanged = 0;
  for (const row of rows) {
    if ('problem' in row.read) {
      problems.push({ row, problem: row.read.problem });
      continue;
    }
    const { contact } = row.read;
    const found = new Map<string, Target>();
    for (const address of contact.addresses) {
      const target = byAddress.get(keyOf(address)) ?? targetOf(targets, known.get(owners.get(keyOf(address)) ?? ''));
      if (target !== undefined) found.set(target.id, target);
    }
    const [about, another] = found.values();
    if (another !== undefined) {
      problems.push({ row, problem: 'Its addresses belong to different contacts: merge those first' });
      continue;
    }
    if (about !== undefined && options.whenKnown === 'skip') {
      unchanged++;
      continue;
    }
    const target = about ?? newTarget(targets);
    if (!take(target, contact, owners) && about !== undefined) unchanged++;
    for (const address of contact.addresses) byAddress.set(keyOf(address), target);
  }
  const all = [...targets.values()];
  const added = all.filter(({ isNew }) => isNew);
  const changed = all.filter(({ isNew, changed: differs }) => !isNew && differs);
  const hot = options.dryRun ? [] : await store(tx, added, changed, options);
  await storeProblems(tx, options.importId, problems);
  const failed = problems.length;
  // Several rows of one new contact made one.
  const created = added.length;
  return { created, updated: rows.length - failed - unchanged - created, unchanged, failed, hot };
}

const keyOf = ({ channel, address }: { channel: string; address: string }) => `${channel} ${address}`;

/** Whose the addresses of these rows are, by address. */
async function ownersOf(tx: TenantTransaction, rows: readonly NumberedRow[]): Promise<Map<string, string>> {
  const addresses = rows.flatMap(({ read }) => ('contact' in read ? read.contact.addresses : []));
  const found = await tx.query<{ channel: string; address: string; contact_id: string }>(
    'select * from contacts_having($1, $2)',
    [addresses.map(({ channel }) => channel), addresses.map(({ address }) => address)],
  );
  return new Map(found.map((row) => [keyOf(row), row.contact_id]));
}

async function readKnown(tx: TenantTransaction, ids: ReadonlySet<string>, lock: boolean): Promise<Map<string, Known>> {
  if (ids.size === 0) return new Map();
  const rows = await tx.query<Known>(
    `select id, name, type, company, owner_id as "ownerId", tags, custom, deleted_at is not null as deleted from contacts
     where tenant_id = $1 and id = any($2) order by id ${lock ? 'for update' : ''}`,
    [tx.tenantId, [...ids]],
  );
  return new Map(rows.map((row) => [row.id, row]));
}

function targetOf(targets: Map<string, Target>, known: Known | undefined): Target | undefined {
  if (known === undefined) return undefined;
  const before = targets.get(known.id);
  if (before !== undefined) return before;
  const target = { ...known, isNew: false, changed: false, renamed: false, addresses: [], notes: [] };
  targets.set(known.id, target);
  return target;
}

function newTarget(targets: Map<string, Target>): Target {
  const target: Target = {
    id: uuidv7(),
    name: null,
    type: 'lead',
    company: null,
    ownerId: null,
    tags: [],
    custom: {},
    deleted: false,
    isNew: true,
    changed: true,
    renamed: false,
    addresses: [],
    notes: [],
  };
  targets.set(target.id, target);
  return target;
}

/** Takes what a row says; false when that is all there already. */
function take(target: Target, row: RowContact, owners: ReadonlyMap<string, string>): boolean {
  const before = JSON.stringify([target.name, target.type, target.company, target.ownerId, target.tags, target.custom]);
  const name = row.name ?? target.name;
  target.renamed ||= name !== target.name;
  target.name = name;
  target.type = row.type ?? target.type;
  target.company = row.company ?? target.company;
  target.ownerId = row.ownerId ?? target.ownerId;
  const tags = new Set(target.tags.map((tag) => tag.toLowerCase()));
  target.tags = [...target.tags, ...row.tags.filter((tag) => !tags.has(tag.toLowerCase()))].slice(0, 50);
  target.custom = { ...target.custom, ...row.custom };
  const addresses = row.addresses.filter(
    (address) => !owners.has(keyOf(address)) && !target.addresses.some((mine) => keyOf(mine) === keyOf(address)),
  );
  target.addresses.push(...addresses);
  if (row.note !== null) target.notes.push(row.note);
  const after = JSON.stringify([target.name, target.type, target.company, target.ownerId, target.tags, target.custom]);
  const differs = before !== after || addresses.length > 0 || row.note !== null || target.deleted;
  target.changed ||= differs;
  return differs;
}

async function store(
  tx: TenantTransaction,
  added: readonly Target[],
  changed: readonly Target[],
  author: { authorId: string | null; authorName: string },
): Promise<FeedEntry[]> {
  if (added.length > 0) {
    await tx.query(
      `insert into contacts (tenant_id, id, name, type, company, owner_id, tags, custom, words)
       select $1, r.* from json_to_recordset($2) as
         r(id uuid, name text, type text, company text, "ownerId" uuid, tags text[], custom jsonb, words text[])`,
      [tx.tenantId, JSON.stringify(added.map((target) => ({ ...columnsOf(target), words: plainWords(target) })))],
    );
  }
  if (changed.length > 0) {
    await tx.query(
      `update contacts c set name = r.name, type = r.type, company = r.company, owner_id = r."ownerId", tags = r.tags,
         custom = r.custom, deleted_at = null, updated_at = now()
       from json_to_recordset($2) as
         r(id uuid, name text, type text, company text, "ownerId" uuid, tags text[], custom jsonb)
       where c.tenant_id = $1 and c.id = r.id`,
      [tx.tenantId, JSON.stringify(changed.map(columnsOf))],
    );
  }
  await storeAddresses(tx, [...added, ...changed]);
  await storeNotes(tx, [...added, ...changed], author);
  const renamed = changed.filter((target) => target.renamed).map(({ id }) => id);
  return renamed.length === 0 ? [] : picturesOf(tx, await lockThreadsOf(tx, renamed));
}

function columnsOf({ id, name, type, company, ownerId, tags, custom }: Target) {
  return { id, name, type, company, ownerId, tags, custom };
}

async function storeAddresses(tx: TenantTransaction, targets: readonly Target[]): Promise<void> {
  const addresses = targets.flatMap(({ id, addresses: mine }) => mine.map((address) => ({ ...address, id })));
  if (addresses.length === 0) return;
  const stored = await tx.query(
    `insert into contact_addresses (tenant_id, channel, address, contact_id)
     select $1, * from unnest($2::text[], $3::text[], $4::uuid[]) on conflict do nothing returning 1`,
    [
      tx.tenantId,
      addresses.map(({ channel }) => channel),
      addresses.map(({ address }) => address),
      addresses.map(({ id }) => id),
    ],
  );
  if (stored.length < addresses.length) throw new AddressRace('An address was taken meanwhile');
}

async function storeNotes(
  tx: TenantTransaction,
  targets: readonly Target[],
  { authorId, authorName }: { authorId: string | null; authorName: string },
): Promise<void> {
  const notes = targets.flatMap(({ id, notes: mine }) => mine.map((body) => ({ id, body })));
  if (notes.length === 0) return;
  await tx.query(
    `insert into contact_notes (tenant_id, id, contact_id, body, author_id, author_name)
     select $1, n.*, $5, $6 from unnest($2::uuid[], $3::uuid[], $4::text[]) n`,
    [
      tx.tenantId,
      notes.map(() => uuidv7()),
      notes.map(({ id }) => id),
      notes.map(({ body }) => body),
      authorId,
      authorName,
    ],
  );
}

async function storeProblems(
  tx: TenantTransaction,
  importId: string,
  problems: ReadonlyArray<{ row: NumberedRow; problem: string }>,
): Promise<void> {
  if (problems.length === 0) return;
  await tx.query(
    `insert into contact_import_problems (tenant_id, import_id, row, cells, problem)
     select $1, $2, p.* from unnest($3::int[], $4::jsonb[], $5::text[]) p`,
    [
      tx.tenantId,
      importId,
      problems.map(({ row }) => row.row),
      problems.map(({ row }) => JSON.stringify(row.cells)),
      problems.map(({ problem }) => problem),
    ],
  );
}

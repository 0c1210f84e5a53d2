import type { TenantTransaction } from '../platform/database/doors.ts';

export interface AuditSearch {
  /** A kind such as `dnc.set`, or the first part of some: `dnc`. Null: everything but single messages. */
  kind: string | null;
  /** Looked for in what was recorded; upper and lower case are the same. */
  text: string;
  /** People whose name or e-mail holds the text. */
  people: readonly string[];
  /** As the ledger names who acted: `user:…`, `key:…`, `system`. */
  actor: string | null;
  subject: string | null;
  from: Date | null;
  to: Date | null;
  /** Go on below this entry. */
  below: string | null;
  limit: number;
}

export interface AuditRow {
  id: string;
  kind: string;
  subject: string;
  actor: string;
  at: Date;
  /** Null when it was erased. */
  payload: string | null;
}

/**
 * How many entries one question may look through. A rare word in a long ledger takes several questions, each of them short;
 * the answer to each says how far it came.
 */
const LOOKED_THROUGH = 20_000;

/**
 * An entry's id tells when its server made it, its time when the database wrote it: between the two lies a long transaction
 * at most, or two clocks that disagree.
 */
const SLACK_MS = 3_600_000;

const FIRST_ID = '00000000-0000-0000-0000-000000000000';
const LAST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/**
 * Entries, newest first. `next` is where to go on: after a full page, or where this question stopped looking; null when the
 * ledger has been read to its beginning.
 */
export async function searchAudit(
  tx: TenantTransaction,
  search: AuditSearch,
): Promise<{ rows: AuditRow[]; next: string | null }> {
  const rows = await tx.query<AuditRow & { reached: string | null; looked: number }>(
    `with looked_at as materialized (
       select e.id, e.kind, e.subject, e.actor, e.at from audit_entries e
       where e.tenant_id = $1 and e.id < $2::uuid and e.id >= $13::uuid and ${kindBounds(search.kind)}
       order by e.id desc limit ${LOOKED_THROUGH}),
     reach as (select min(id::text) as reached, count(*)::int as looked from looked_at),
     found as (
       select l.*, p.payload from looked_at l
       left join audit_payloads p on p.tenant_id = $1 and p.entry_id = l.id
       where ($5 = '' or p.payload ilike $5 or l.actor = any($6) or l.subject = any($7))
         and ($8::text is null or l.actor = $8) and ($9::text is null or l.subject = $9)
         and ($10::timestamptz is null or l.at >= $10) and ($11::timestamptz is null or l.at < $11)
       order by l.id desc limit $12)
     select f.*, r.reached, r.looked from reach r left join found f on true order by f.id desc`,
    [
      tx.tenantId,
      earlier(search.below ?? LAST_ID, idAt(search.to, SLACK_MS) ?? LAST_ID),
      ...kindRange(search.kind),
      search.text === '' ? '' : `%${search.text.replace(/[\\%_]/g, '\\$&')}%`,
      search.people.map((id) => `user:${id}`),
      search.people,
      search.actor,
      search.subject,
      search.from,
      search.to,
      search.limit + 1,
      idAt(search.from, -SLACK_MS) ?? FIRST_ID,
    ],
  );
  const [about] = rows;
  const found = rows.filter(({ id }) => id !== null);
  const page = found.slice(0, search.limit);
  const looked = about?.looked ?? 0;
  const more = found.length > search.limit ? (page.at(-1)?.id ?? null) : null;
  return { rows: page, next: more ?? (looked === LOOKED_THROUGH ? (about?.reached ?? null) : null) };
}

/** In the words of the partial index of migration 0017, which serves the common question. */
function kindBounds(kind: string | null): string {
  return kind === null
    ? `(e.kind < 'message.' or e.kind >= 'message/') and $3::text is null and $4::text is null`
    : 'e.kind >= $3 and e.kind < $4';
}

function kindRange(kind: string | null): [string | null, string | null] {
  if (kind === null) return [null, null];
  // '/' follows '.': everything that begins with the kind's first part; '!' comes before every letter.
  return kind.includes('.') ? [kind, `${kind}!`] : [`${kind}.`, `${kind}/`];
}

/** The smallest id (RFC 9562, version 7) that a server whose clock shows this time can make. */
function idAt(time: Date | null, shiftMs: number): string | null {
  if (time === null) return null;
  const hex = Math.max(0, time.getTime() + shiftMs)
    .toString(16)
    .padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}

function earlier(a: string, b: string): string {
  return a < b ? a : b;
}

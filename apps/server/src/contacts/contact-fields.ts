import { v7 as uuidv7 } from 'uuid';
import { appendAudit } from '../platform/audit/append.ts';
import type { TenantTransaction } from '../platform/database/doors.ts';
import { ApiError } from '../platform/http/api-error.ts';
import { actorOf, type Principal } from '../platform/http/principal.ts';

export const FIELD_TYPES = ['text', 'number', 'date', 'boolean', 'choice', 'url'] as const;

export interface ContactField {
  id: string;
  /** Names the field in the API and in files. It never changes. */
  key: string;
  label: string;
  type: (typeof FIELD_TYPES)[number];
  /** What may be chosen; null unless the type is `choice`. */
  options: string[] | null;
  position: number;
}

/** Enough for every company met so far, and few enough to show on one page. */
const MOST_FIELDS = 100;

const LONGEST_TEXT = 2_000;

/** The fields that the tenant's contacts have beside the usual ones, in the order they are shown. */
export function listFields(tx: TenantTransaction): Promise<ContactField[]> {
  return tx.query<ContactField>(
    `select id, key, label, type, options, position from contact_fields
     where tenant_id = $1 and removed_at is null order by position, created_at, id`,
    [tx.tenantId],
  );
}

/** What is wrong with a value, in words that follow “This”; null when nothing is. */
export function problemOfValue(field: ContactField, value: unknown): string | null {
  if (value === null) return null;
  if (field.type === 'boolean') return typeof value === 'boolean' ? null : 'is neither yes nor no';
  if (field.type === 'number') return Number.isFinite(value) ? null : 'is not a number';
  if (typeof value !== 'string' || value.trim() === '') return 'is not a text';
  if (value.length > LONGEST_TEXT) return `is longer than ${LONGEST_TEXT} characters`;
  if (field.type === 'date') return isDate(value) ? null : 'is not a date, such as 2026-03-31';
  if (field.type === 'url') return isWebAddress(value) ? null : 'is not a web address that begins with http';
  if (field.type === 'choice') return field.options?.includes(value) ? null : `is none of ${field.options?.join(', ')}`;
  return null;
}

function isDate(text: string): boolean {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? [];
  const date = new Date(`${text}T00:00:00Z`);
  return year !== undefined && date.getUTCMonth() + 1 === Number(month) && date.getUTCDate() === Number(day);
}

/** Only what a browser may safely be sent to: never javascript: or data:. */
function isWebAddress(text: string): boolean {
  return /^https?:\/\//i.test(text) && URL.canParse(text);
}

export async function addField(
  tx: TenantTransaction,
  asker: Principal,
  wish: Omit<ContactField, 'id' | 'position' | 'key'> & { key?: string | undefined },
): Promise<{ id: string; key: string }> {
  const fields = await listFields(tx);
  if (fields.length >= MOST_FIELDS) {
    throw new ApiError('invalid_input', { message: `Contacts may have ${MOST_FIELDS} fields of your own at most.` });
  }
  const key = wish.key ?? freeKey(wish.label, fields);
  const id = uuidv7();
  const made = await tx.first(
    `insert into contact_fields (tenant_id, id, key, label, type, options, position)
     values ($1, $2, $3, $4, $5, $6::jsonb, $7) on conflict do nothing returning id`,
    [tx.tenantId, id, key, wish.label, wish.type, wish.options && JSON.stringify(wish.options), fields.length],
  );
  if (made === null) throw new ApiError('invalid_input', { details: [{ path: 'key', message: 'is taken' }] });
  await appendAudit(tx, [
    {
      kind: 'contact_field.added',
      subject: id,
      actor: actorOf(asker),
      payload: { key, label: wish.label, type: wish.type },
    },
  ]);
  return { id, key };
}

/** `Move-in date` becomes `move_in_date`, with a number behind it when that is taken. */
function freeKey(label: string, fields: readonly ContactField[]): string {
  const plain = label
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^[^a-z]+|_+$/g, '')
    .slice(0, 36);
  const base = plain || 'field';
  const taken = new Set(fields.map(({ key }) => key));
  for (let n = 1; ; n++) {
    const key = n === 1 ? base : `${base}_${n}`;
    if (!taken.has(key)) return key;
  }
}

export async function changeField(
  tx: TenantTransaction,
  asker: Principal,
  id: string,
  change: { label?: string | undefined; options?: string[] | undefined; position?: number | undefined },
): Promise<void> {
  const before = (await listFields(tx)).find((field) => field.id === id);
  if (before === undefined) throw new ApiError('not_found');
  if (change.options !== undefined && before.type !== 'choice') {
    throw new ApiError('invalid_input', { details: [{ path: 'options', message: 'are only for a field of choices' }] });
  }
  await tx.query(
    `update contact_fields set label = coalesce($3, label), options = coalesce($4::jsonb, options),
       position = coalesce($5, position) where tenant_id = $1 and id = $2`,
    [
      tx.tenantId,
      id,
      change.label ?? null,
      change.options ? JSON.stringify(change.options) : null,
      change.position ?? null,
    ],
  );
  await appendAudit(tx, [
    { kind: 'contact_field.changed', subject: id, actor: actorOf(asker), payload: { key: before.key, ...change } },
  ]);
}

/** Takes a field away. Its values stay where they are, and show again when a field of its key is made. */
export async function removeField(tx: TenantTransaction, asker: Principal, id: string): Promise<void> {
  const gone = await tx.first<{ key: string }>(
    `update contact_fields set removed_at = now() where tenant_id = $1 and id = $2 and removed_at is null returning key`,
    [tx.tenantId, id],
  );
  if (gone === null) throw new ApiError('not_found');
  await appendAudit(tx, [
    { kind: 'contact_field.removed', subject: id, actor: actorOf(asker), payload: { key: gone.key } },
  ]);
}

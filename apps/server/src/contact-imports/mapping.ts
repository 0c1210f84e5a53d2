import { type ContactField, normalAddress, normalTags, problemOfValue, type StoredAddress } from '../contacts/index.ts';
import type { TenantTransaction } from '../platform/database/doors.ts';
import { readCell } from './csv.ts';

/** What a column can mean: one of these, or `field:` and the key of a field of one's own. */
export const TARGETS = ['name', 'type', 'company', 'owner', 'tags', 'phone', 'email', 'note'] as const;

export interface ColumnMapping {
  /** The column's place, from 0. */
  column: number;
  /** Null: the column is left out. */
  target: string | null;
}

/** A row as a contact. What the file leaves empty is null: it takes nothing away from a contact that is there. */
export interface RowContact {
  name: string | null;
  type: 'lead' | 'customer' | null;
  company: string | null;
  ownerId: string | null;
  tags: string[];
  custom: Record<string, unknown>;
  addresses: StoredAddress[];
  note: string | null;
}

export type ReadRow = { contact: RowContact } | { problem: string };

/** Headings as people write them, in several programs. */
const HEADINGS: Array<[RegExp, string]> = [
  [/^(full |contact |customer |first |last |given |family |sur)?name$|^(first|last|contact|customer|client)$/, 'name'],
  [/^(contact |customer )?(type|status|kind)$/, 'type'],
  [/^(company|organi[sz]ation|business|account|employer)( name)?$/, 'company'],
  [/^(contact |account )?owner( e-?mail)?$|^assigned( to)?$|^agent$/, 'owner'],
  [/^(tags?|labels?|groups?|categor(y|ies))$/, 'tags'],
  [/phone|mobile|cell|^tel|number$|^sms$/, 'phone'],
  [/e-?mail/, 'email'],
  [/^(notes?|comments?|remarks?|description)$/, 'note'],
];

/** What each column probably means, by its heading; a heading that a saved mapping knows means what it meant there. */
export function suggestMapping(
  header: readonly string[],
  fields: readonly ContactField[],
  saved: ReadonlyMap<string, string> = new Map(),
): ColumnMapping[] {
  return header.map((heading, column) => {
    const plain = heading.trim().toLowerCase().replaceAll('_', ' ');
    const field = fields.find(({ key, label }) => key === heading.trim() || label.toLowerCase() === plain);
    const known = HEADINGS.find(([pattern]) => pattern.test(plain))?.[1] ?? null;
    return { column, target: saved.get(heading) ?? (field ? `field:${field.key}` : known) };
  });
}

/** What headings of this file meant in a file of the same kind, by what was saved last. */
export async function savedTargets(tx: TenantTransaction, header: readonly string[]): Promise<Map<string, string>> {
  const rows = await tx.query<{ heading: string; target: string }>(
    `select c.heading, c.target from contact_mappings m, jsonb_to_recordset(m.columns) c(heading text, target text)
     where m.tenant_id = $1 and c.heading = any($2) order by m.id`,
    [tx.tenantId, header],
  );
  return new Map(rows.map(({ heading, target }) => [heading, target]));
}

/** What is wrong with a mapping, or null. */
export function problemOfMapping(
  mapping: readonly ColumnMapping[],
  header: readonly string[],
  fields: readonly ContactField[],
): string | null {
  const columns = new Set<number>();
  for (const { column, target } of mapping) {
    if (column >= header.length || columns.has(column)) return 'names a column that is not there, or one twice';
    columns.add(column);
    const field = target?.startsWith('field:') ? target.slice(6) : null;
    if (field !== null ? !fields.some(({ key }) => key === field) : target !== null && !isTarget(target)) {
      return `names ${target}, which contacts do not have`;
    }
  }
  const targets = new Set(mapping.map(({ target }) => target));
  return ['name', 'company', 'phone', 'email'].some((target) => targets.has(target))
    ? null
    : 'says of no column that it is a name, a company, a phone number or an e-mail address';
}

function isTarget(target: string): boolean {
  return (TARGETS as readonly string[]).includes(target);
}

export interface RowReader {
  /** What a row says, or what is wrong with it. */
  read(cells: readonly string[]): ReadRow;
}

const LONGEST = { name: 200, company: 200, note: 10_000, tag: 40 } as const;

/** @param owners people of the team by e-mail */
export function createRowReader(
  mapping: readonly ColumnMapping[],
  columns: number,
  fields: readonly ContactField[],
  owners: ReadonlyMap<string, string>,
): RowReader {
  const byKey = new Map(fields.map((field) => [field.key, field]));
  const used = mapping.flatMap(({ column, target }) => (target === null ? [] : [{ column, target }]));
  return {
    read(cells) {
      if (cells.length > columns) return { problem: `The row has ${cells.length} columns; the header has ${columns}` };
      const contact: RowContact = {
        name: null,
        type: null,
        company: null,
        ownerId: null,
        tags: [],
        custom: {},
        addresses: [],
        note: null,
      };
      for (const { column, target } of used) {
        const cell = readCell((cells[column] ?? '').trim());
        if (cell === '') continue;
        const problem = target.startsWith('field:')
          ? takeField(contact, byKey.get(target.slice(6)), cell)
          : takeCell(contact, target, cell, owners);
        if (problem !== null) return { problem };
      }
      if (contact.name === null && contact.company === null && contact.addresses.length === 0) {
        return { problem: 'The row has no name, company, phone number or e-mail address' };
      }
      contact.tags = normalTags(contact.tags);
      return contact.tags.length > 50 ? { problem: 'The row has more than 50 tags' } : { contact };
    },
  };
}

function takeCell(
  contact: RowContact,
  target: string,
  cell: string,
  owners: ReadonlyMap<string, string>,
): string | null {
  if (target === 'name' || target === 'company' || target === 'note') {
    // First and last name stand in columns of their own in many files.
    const joined = contact[target] === null ? cell : `${contact[target]}${target === 'note' ? '\n' : ' '}${cell}`;
    if (joined.length > LONGEST[target]) return `The ${target} is longer than ${LONGEST[target]} characters`;
    contact[target] = joined;
    return null;
  }
  if (target === 'phone' || target === 'email') {
    const what = target === 'phone' ? 'phone number' : 'e-mail address';
    const address = normalAddress({ channel: target === 'phone' ? 'sms' : 'email', address: cell });
    if (address === null) return `“${cell.slice(0, 60)}” is not a ${what} we can use`;
    if (!contact.addresses.some((known) => known.address === address.address)) contact.addresses.push(address);
    return null;
  }
  if (target === 'tags') {
    const tags = cell.split(/[,;|]/).map((tag) => tag.trim());
    if (tags.some((tag) => tag.length > LONGEST.tag)) return `A tag is longer than ${LONGEST.tag} characters`;
    contact.tags.push(...tags);
    return null;
  }
  if (target === 'type') {
    const type = cell.toLowerCase();
    if (type !== 'lead' && type !== 'customer') return `“${cell.slice(0, 60)}” is neither lead nor customer`;
    contact.type = type;
    return null;
  }
  const owner = owners.get(cell.toLowerCase());
  if (owner === undefined) return `“${cell.slice(0, 60)}” is nobody’s e-mail address in your company`;
  contact.ownerId = owner;
  return null;
}

const YES = /^(yes|true|y|1|x)$/i;
const NO = /^(no|false|n|0)$/i;

function takeField(contact: RowContact, field: ContactField | undefined, cell: string): string | null {
  if (field === undefined) return 'A field of the mapping was removed meanwhile';
  const value = field.type === 'number' ? numberOf(cell) : field.type === 'boolean' ? yesOrNo(cell) : cell;
  const problem = problemOfValue(field, value);
  if (problem !== null) return `${field.label}: “${cell.slice(0, 60)}” ${problem}`;
  contact.custom[field.key] = value;
  return null;
}

function numberOf(cell: string): number {
  return /^-?[\d,]*\.?\d+$/.test(cell) ? Number(cell.replaceAll(',', '')) : Number.NaN;
}

function yesOrNo(cell: string): boolean | string {
  if (YES.test(cell)) return true;
  return NO.test(cell) ? false : cell;
}

/** A contact as lists show it. */
export interface FoundContact {
  id: string;
  name: string | null;
  type: 'lead' | 'customer';
  company: string | null;
  ownerId: string | null;
  addresses: Array<{ channel: 'sms' | 'email'; address: string; label: string | null }>;
  tags: string[];
  updatedAt: Date;
}

/** A place in a list: what comes after this word, of this contact. */
export interface ContactCursor {
  word: string;
  id: string;
}

/** The columns of a FoundContact, from `contacts c`. */
export const FOUND = `c.id, c.name, c.type, c.company, c.owner_id as "ownerId", c.tags, c.updated_at as "updatedAt",
  (select coalesce(json_agg(json_build_object('channel', x.channel, 'address', x.address, 'label', x.label) order by x.created_at, x.address), '[]')
   from contact_addresses x where x.tenant_id = c.tenant_id and x.contact_id = c.id) as addresses`;

/** What comes after everything that begins with `prefix`, in the order of code points. */
export function endOfPrefix(prefix: string): string {
  return `${prefix}\u{10FFFF}`;
}

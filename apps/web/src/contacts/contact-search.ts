import type { ContactFilter } from '../api/types-contacts.ts';

const text = (value: unknown) => (typeof value === 'string' && value.trim() !== '' ? value : undefined);

/** What a list of contacts is narrowed to, as it stands in the page's address. What cannot be meant is left out. */
export function readContactFilter(search: Record<string, unknown>): ContactFilter {
  const type = search.type === 'lead' || search.type === 'customer' ? search.type : undefined;
  // An address such as ?q=303 is read as a number.
  const q = typeof search.q === 'number' ? String(search.q) : text(search.q);
  return { q, type, tag: text(search.tag), owner: text(search.owner) };
}

/** The same without what is not set: for the server, and as a key. */
export function plainFilter(filter: ContactFilter): ContactFilter {
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
}

export function isNarrowed(filter: ContactFilter): boolean {
  return Object.values(filter).some((value) => value !== undefined);
}

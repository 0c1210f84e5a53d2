import type { FoundContact } from '../api/types-contacts.ts';

/** What a merge makes, as far as lists show it: the kept contact with what it lacks from the others. */
export function united(keep: FoundContact, others: readonly FoundContact[]): FoundContact {
  const all = [keep, ...others];
  const tags = new Map<string, string>();
  for (const tag of all.flatMap((contact) => contact.tags)) {
    if (!tags.has(tag.toLowerCase())) tags.set(tag.toLowerCase(), tag);
  }
  return {
    ...keep,
    name: all.find(({ name }) => name !== null)?.name ?? null,
    company: all.find(({ company }) => company !== null)?.company ?? null,
    owner: all.find(({ owner }) => owner !== null)?.owner ?? null,
    type: all.some(({ type }) => type === 'customer') ? 'customer' : 'lead',
    addresses: all.flatMap(({ addresses }) => addresses),
    tags: [...tags.values()],
  };
}

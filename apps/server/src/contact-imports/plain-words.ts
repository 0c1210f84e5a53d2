/** What can be taken apart here just as PostgreSQL does it. */
const PLAIN = /^[\x20-\x7e]*$/;

/**
 * The words by which a contact is found, as contact_words_of() of migration 0020 makes them; null for what is not plain ASCII:
 * only PostgreSQL knows its own idea of letters. It saves an import half of its time.
 */
export function plainWords(contact: {
  name: string | null;
  company: string | null;
  tags: readonly string[];
  ownerId: string | null;
}): string[] | null {
  const text = `${contact.name ?? ''} ${contact.company ?? ''}`;
  if (!PLAIN.test(text) || !contact.tags.every((tag) => PLAIN.test(tag))) return null;
  const words = text
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
  return [
    ...[...new Set(words)].sort(),
    ...contact.tags.map((tag) => `#${tag.toLowerCase()}`),
    ...(contact.ownerId === null ? [] : [`@${contact.ownerId}`]),
  ];
}

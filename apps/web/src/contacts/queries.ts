import { type QueryClient, queryOptions } from '@tanstack/react-query';
import { contacts } from '../api/calls-contacts.ts';
import { people } from '../api/calls-people.ts';

export const tagsQuery = queryOptions({ queryKey: ['contact-tags'], queryFn: contacts.tags });
export const fieldsQuery = queryOptions({ queryKey: ['contact-fields'], queryFn: contacts.fields });
export const importsQuery = queryOptions({ queryKey: ['contact-imports'], queryFn: contacts.imports });
export const mappingsQuery = queryOptions({ queryKey: ['contact-mappings'], queryFn: contacts.mappings });
export const ownersQuery = queryOptions({ queryKey: ['people'], queryFn: people.list });
export const notesQuery = (id: string) =>
  queryOptions({ queryKey: ['contact-notes', id], queryFn: () => contacts.notes(id) });

/** After contacts were changed: everything that shows some of them. */
export function contactsChanged(queries: QueryClient): Promise<unknown> {
  return Promise.all(
    ['contacts', 'contact', 'contact-notes', 'contact-tags', 'contact-duplicates', 'conversations'].map((key) =>
      queries.invalidateQueries({ queryKey: [key] }),
    ),
  );
}

import { answer, client } from './client.ts';
import type {
  AddressChannel,
  ContactChange,
  ContactFilter,
  FieldChange,
  FieldType,
  ImportStart,
  NewAddress,
  NewContactInput,
} from './types-contacts.ts';

const byId = (id: string) => ({ params: { path: { id } } });
const byNote = (id: string, noteId: string) => ({ params: { path: { id, noteId } } });

/** The HTTP calls about contacts, one line each. */
export const contacts = {
  find: (query: ContactFilter & { cursor?: string; limit?: number }, signal?: AbortSignal) =>
    answer(client.GET('/contacts', { params: { query }, signal })),
  make: (body: NewContactInput) => answer(client.POST('/contacts', { body })),
  change: (id: string, body: ContactChange) => answer(client.PATCH('/contacts/{id}', { ...byId(id), body })),
  remove: (id: string) => answer(client.DELETE('/contacts/{id}', byId(id))),
  restore: (id: string) => answer(client.POST('/contacts/{id}/restore', byId(id))),
  tags: () => answer(client.GET('/contact-tags')),

  addAddress: (id: string, body: NewAddress) => answer(client.POST('/contacts/{id}/addresses', { ...byId(id), body })),
  removeAddress: (id: string, channel: AddressChannel, address: string) =>
    answer(
      client.DELETE('/contacts/{id}/addresses/{channel}/{address}', { params: { path: { id, channel, address } } }),
    ),

  notes: (id: string) => answer(client.GET('/contacts/{id}/notes', byId(id))),
  addNote: (id: string, body: string) => answer(client.POST('/contacts/{id}/notes', { ...byId(id), body: { body } })),
  changeNote: (id: string, noteId: string, body: string) =>
    answer(client.PATCH('/contacts/{id}/notes/{noteId}', { ...byNote(id, noteId), body: { body } })),
  removeNote: (id: string, noteId: string) =>
    answer(client.DELETE('/contacts/{id}/notes/{noteId}', byNote(id, noteId))),

  fields: () => answer(client.GET('/contact-fields')),
  addField: (body: { label: string; type: FieldType; options: string[] | null }) =>
    answer(client.POST('/contact-fields', { body })),
  changeField: (id: string, body: FieldChange) => answer(client.PATCH('/contact-fields/{id}', { ...byId(id), body })),
  removeField: (id: string) => answer(client.DELETE('/contact-fields/{id}', byId(id))),

  duplicates: (cursor: string | undefined) =>
    answer(client.GET('/contacts/duplicates', { params: { query: cursor === undefined ? {} : { cursor } } })),
  merge: (keep: string, merge: string[]) => answer(client.POST('/contacts/merge', { body: { keep, merge } })),
  undoMerge: (mergeId: string) => answer(client.POST('/contacts/merges/{id}/undo', byId(mergeId))),

  imports: () => answer(client.GET('/contact-imports')),
  import: (id: string) => answer(client.GET('/contact-imports/{id}', byId(id))),
  startImport: (id: string, body: ImportStart) =>
    answer(client.POST('/contact-imports/{id}/start', { ...byId(id), body })),
  cancelImport: (id: string) => answer(client.POST('/contact-imports/{id}/cancel', byId(id))),
  forgetImport: (id: string) => answer(client.DELETE('/contact-imports/{id}', byId(id))),
  mappings: () => answer(client.GET('/contact-mappings')),
  forgetMapping: (id: string) => answer(client.DELETE('/contact-mappings/{id}', byId(id))),
};

/** Where the file with the rows that were not taken is. */
export function importErrorsUrl(id: string): string {
  return `/api/v1/contact-imports/${id}/errors`;
}

/** Where the file with the contacts that a filter finds is. */
export function exportUrl(filter: ContactFilter): string {
  const query = new URLSearchParams(Object.entries(filter).filter(([, value]) => value !== undefined));
  return `/api/v1/contacts/export?${query}`;
}

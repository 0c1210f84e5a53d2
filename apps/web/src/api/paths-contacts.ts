import type { ById, Get, Nothing, Operation } from './path-shapes.ts';
import type { Page } from './types.ts';
import type {
  AddressChannel,
  Contact,
  ContactChange,
  ContactField,
  ContactFilter,
  ContactImport,
  ContactNote,
  DuplicateGroup,
  FieldChange,
  FieldType,
  FoundContact,
  ImportDetail,
  ImportStart,
  NewAddress,
  NewContactInput,
  SavedMapping,
} from './types-contacts.ts';

type OneNote = { path: { id: string; noteId: string } };

/** The routes about contacts. */
export interface ContactPaths {
  '/contacts': {
    get: Get<
      { query?: ContactFilter & { cursor?: string; limit?: number } },
      Page<FoundContact> & { total: number | null }
    >;
    post: Operation<Nothing, NewContactInput, { id: string }>;
  };
  '/contacts/{id}': {
    get: Get<ById, Contact>;
    patch: Operation<ById, ContactChange, Contact>;
    delete: Get<ById, unknown>;
  };
  '/contacts/{id}/restore': { post: Get<ById, unknown> };
  '/contacts/{id}/addresses': { post: Operation<ById, NewAddress, Contact> };
  '/contacts/{id}/addresses/{channel}/{address}': {
    delete: Get<{ path: { id: string; channel: AddressChannel; address: string } }, Contact>;
  };
  '/contacts/{id}/notes': {
    get: Get<ById, { items: ContactNote[] }>;
    post: Operation<ById, { body: string }, { id: string }>;
  };
  '/contacts/{id}/notes/{noteId}': {
    patch: Operation<OneNote, { body: string }, unknown>;
    delete: Get<OneNote, unknown>;
  };
  '/contact-tags': { get: Get<Nothing, { items: Array<{ name: string; count: number }> }> };
  '/contact-fields': {
    get: Get<Nothing, { items: ContactField[] }>;
    post: Operation<Nothing, { label: string; type: FieldType; options: string[] | null }, { id: string; key: string }>;
  };
  '/contact-fields/{id}': { patch: Operation<ById, FieldChange, unknown>; delete: Get<ById, unknown> };
  '/contacts/duplicates': { get: Get<{ query?: { cursor?: string } }, Page<DuplicateGroup>> };
  '/contacts/merge': { post: Operation<Nothing, { keep: string; merge: string[] }, { mergeId: string }> };
  '/contacts/merges/{id}/undo': { post: Get<ById, unknown> };
  '/contact-imports': { get: Get<Nothing, { items: ContactImport[] }> };
  '/contact-imports/{id}': { get: Get<ById, ImportDetail>; delete: Get<ById, unknown> };
  '/contact-imports/{id}/start': { post: Operation<ById, ImportStart, unknown> };
  '/contact-imports/{id}/cancel': { post: Get<ById, unknown> };
  '/contact-mappings': { get: Get<Nothing, { items: SavedMapping[] }> };
  '/contact-mappings/{id}': { delete: Get<ById, unknown> };
}

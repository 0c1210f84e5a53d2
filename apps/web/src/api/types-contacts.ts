import type { DncFlag } from './types.ts';

/** What the desk reads and writes about contacts over HTTP. */

export type ContactType = 'lead' | 'customer';
export type AddressChannel = 'sms' | 'email';

export interface ContactAddress {
  address: string;
  channel: AddressChannel;
  label: string | null;
  dnc: { sms: DncFlag | null; voice: DncFlag | null };
}

export interface ContactEvent {
  id: string;
  kind: string;
  at: string;
  text: string;
}

export interface Contact {
  id: string;
  name: string | null;
  type: ContactType;
  company: string | null;
  owner: { id: string; name: string } | null;
  tags: string[];
  custom: Record<string, unknown>;
  /** How many notes there are. */
  notes: number;
  createdAt: string;
  deletedAt: string | null;
  /** The contact that this one became part of. */
  mergedInto: string | null;
  addresses: ContactAddress[];
  events: ContactEvent[];
}

/** A contact as lists show it. */
export interface FoundContact {
  id: string;
  name: string | null;
  type: ContactType;
  company: string | null;
  owner: { id: string; name: string } | null;
  addresses: Array<{ channel: AddressChannel; address: string; label: string | null }>;
  tags: string[];
  updatedAt: string;
}

export interface ContactFilter {
  q?: string;
  type?: ContactType;
  tag?: string;
  /** Somebody's id. */
  owner?: string;
}

export interface NewAddress {
  channel: AddressChannel;
  address: string;
  label?: string | null;
}

export interface ContactChange {
  name?: string | null;
  type?: ContactType;
  company?: string | null;
  ownerId?: string | null;
  tags?: string[];
  /** Null takes a value away; keys that are left out keep theirs. */
  custom?: Record<string, unknown>;
}

export interface NewContactInput extends ContactChange {
  addresses?: NewAddress[];
}

/** What a refusal with the code `address_taken` tells. */
export interface AddressTaken {
  contactId?: string;
  name: string | null;
  address: string;
  deleted: boolean;
}

export interface ContactNote {
  id: string;
  body: string;
  author: { id: string | null; name: string };
  createdAt: string;
  updatedAt: string;
}

export type FieldType = 'text' | 'number' | 'date' | 'boolean' | 'choice' | 'url';

export interface ContactField {
  id: string;
  /** Names the field in the API and in files. It never changes. */
  key: string;
  label: string;
  type: FieldType;
  options: string[] | null;
  position: number;
}

export interface FieldChange {
  label?: string;
  options?: string[];
  position?: number;
}

export interface DuplicateGroup {
  contacts: FoundContact[];
  /** In words, why they may be one. */
  why: string;
}

export interface ColumnMapping {
  column: number;
  /** Null: the column is left out. */
  target: string | null;
}

export type ImportStatus = 'uploaded' | 'checking' | 'checked' | 'importing' | 'done' | 'canceled' | 'failed';

export interface ContactImport {
  id: string;
  name: string;
  status: ImportStatus;
  header: string[];
  preview: string[][];
  mapping: ColumnMapping[] | null;
  whenKnown: 'update' | 'skip' | null;
  rows: {
    /** Known once the file was read to its end. */
    total: number | null;
    done: number;
    created: number;
    updated: number;
    unchanged: number;
    failed: number;
  };
  bytes: { total: number; done: number };
  createdAt: string;
  startedAt: string | null;
  endedAt: string | null;
  error: string | null;
  canceling: boolean;
  canStart: boolean;
}

export interface ImportDetail extends ContactImport {
  /** What each column probably means, by its heading. */
  suggestedMapping: ColumnMapping[];
}

export interface ImportStart {
  mapping: ColumnMapping[];
  dryRun: boolean;
  whenKnown: 'update' | 'skip';
  saveMappingAs?: string;
}

export interface SavedMapping {
  id: string;
  name: string;
  columns: Array<{ heading: string; target: string }>;
}

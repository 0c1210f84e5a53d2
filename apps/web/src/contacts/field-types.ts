import type { FieldType } from '../api/types-contacts.ts';

export const FIELD_TYPES: Record<FieldType, string> = {
  text: 'Text',
  number: 'Number',
  date: 'Date',
  boolean: 'Yes or no',
  choice: 'Choice',
  url: 'Web address',
};

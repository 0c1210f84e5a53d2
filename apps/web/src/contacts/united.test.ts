import { expect, test } from 'vitest';
import type { FoundContact } from '../api/types-contacts.ts';
import { united } from './united.ts';

const contact = (about: Partial<FoundContact>): FoundContact => ({
  id: '1',
  name: null,
  type: 'lead',
  company: null,
  owner: null,
  addresses: [],
  tags: [],
  updatedAt: '2026-11-21T07:00:00.000Z',
  ...about,
});

test('the preview of a merge keeps what the chosen contact says and takes what it lacks from the others', () => {
  const keep = contact({ id: 'keep', name: 'Ana', tags: ['Roof'] });
  const other = contact({
    id: 'other',
    name: 'Ana B.',
    company: 'Quillmere',
    type: 'customer',
    tags: ['roof', 'Vip'],
    addresses: [{ channel: 'sms', address: '+13035550142', label: null }],
  });
  expect(united(keep, [other])).toMatchObject({
    id: 'keep',
    name: 'Ana',
    company: 'Quillmere',
    type: 'customer',
    tags: ['Roof', 'Vip'],
    addresses: [{ address: '+13035550142' }],
  });
});

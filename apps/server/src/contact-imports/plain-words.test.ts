import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../platform/database/test-database.ts';
import { plainWords } from './plain-words.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test('a contact from a file is found by the very words by which one made by hand is', async () => {
  const text = fc.string({ unit: 'grapheme-ascii', maxLength: 30 });
  const contact = fc.record({
    name: fc.option(text),
    company: fc.option(text),
    tags: fc.uniqueArray(text, { maxLength: 3 }),
    ownerId: fc.option(fc.uuid({ version: 7 })),
  });
  await fc.assert(
    fc.asyncProperty(contact, async ({ name, company, tags, ownerId }) => {
      const [row] = await database.peek<{ words: string[] }>(
        'select contact_words_of($1, $2, $3, $4, false) as words',
        [name, company, tags, ownerId],
      );
      expect(plainWords({ name, company, tags, ownerId })).toEqual(row?.words);
    }),
    { numRuns: 300 },
  );
  expect(plainWords({ name: 'Zoë', company: null, tags: [], ownerId: null })).toBeNull();
  expect(plainWords({ name: 'Zoe', company: null, tags: ['ß'], ownerId: null })).toBeNull();
});

import { expect, test } from 'vitest';
import type { Doc } from '../_generated/dataModel.js';
import type { DatabaseWriter } from '../_generated/server.js';
import { tenantWriter } from './tenantDb.ts';

/** Rows reach a writer through its own reader, which drops other tenants'; these tests are for the day that one does not. */
function writer() {
  const written: unknown[] = [];
  const record = async (...args: unknown[]) => written.push(args);
  const db = { insert: record, patch: record, delete: record } as unknown as DatabaseWriter;
  return { written, db: tenantWriter(db, 'acme') };
}
const foreign = { _id: 'id', tenantId: 'zenith', threadId: 't' } as unknown as Doc<'sms_thread_locks'>;

test('a row of another tenant that reaches a write stops it', async () => {
  const { written, db } = writer();
  await expect(db.patch(foreign, { token: 1 })).rejects.toThrow('another tenant');
  await expect(db.delete(foreign)).rejects.toThrow('another tenant');
  expect(written).toEqual([]);
});

test('no row can be inserted for, or moved to, another tenant', async () => {
  const { written, db } = writer();
  const row = { threadId: 't', holder: null, token: 1, takenAt: null, tenantId: 'zenith' };
  await db.insert('sms_thread_locks', row);
  expect(written).toEqual([['sms_thread_locks', { ...row, tenantId: 'acme' }]]);
  const ours = { ...foreign, tenantId: 'acme' };
  await expect(db.patch(ours, { tenantId: 'zenith' })).rejects.toThrow('cannot move');
});

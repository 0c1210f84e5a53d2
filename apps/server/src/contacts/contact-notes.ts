import { v7 as uuidv7 } from 'uuid';
import type { TenantTransaction } from '../platform/database/doors.ts';
import { ApiError } from '../platform/http/api-error.ts';
import { may, type Principal } from '../platform/http/principal.ts';
import { lockContact, requireContact } from './change-contact.ts';

export interface ContactNote {
  id: string;
  body: string;
  authorId: string | null;
  authorName: string;
  createdAt: Date;
  updatedAt: Date;
}

const COLUMNS = `id, body, author_id as "authorId", author_name as "authorName", created_at as "createdAt", updated_at as "updatedAt"`;

const MOST_SHOWN = 200;

/** The newest notes first. */
export async function listNotes(tx: TenantTransaction, contactId: string): Promise<ContactNote[]> {
  await requireContact(tx, contactId);
  return tx.query<ContactNote>(
    `select ${COLUMNS} from contact_notes
     where tenant_id = $1 and contact_id = $2 and deleted_at is null order by id desc limit ${MOST_SHOWN}`,
    [tx.tenantId, contactId],
  );
}

export async function addNote(
  tx: TenantTransaction,
  asker: Principal,
  contactId: string,
  body: string,
): Promise<{ id: string }> {
  await lockContact(tx, contactId);
  const id = uuidv7();
  await tx.query(
    'insert into contact_notes (tenant_id, id, contact_id, body, author_id, author_name) values ($1, $2, $3, $4, $5, $6)',
    [tx.tenantId, id, contactId, body, asker.kind === 'person' ? asker.userId : null, asker.name],
  );
  return { id };
}

/** Changes a note, or takes it away with null. One’s own; somebody else’s only with contacts.delete. */
export async function changeNote(
  tx: TenantTransaction,
  asker: Principal,
  of: { contactId: string; noteId: string },
  body: string | null,
): Promise<void> {
  const note = await tx.first<{ author_id: string | null }>(
    `select author_id from contact_notes
     where tenant_id = $1 and contact_id = $2 and id = $3 and deleted_at is null for update`,
    [tx.tenantId, of.contactId, of.noteId],
  );
  if (note === null) throw new ApiError('not_found');
  const mine = asker.kind === 'person' && note.author_id === asker.userId;
  if (!mine && !may(asker, 'contacts.delete')) {
    throw new ApiError('forbidden', { message: 'Only its author or a supervisor may change a note.' });
  }
  await tx.query(
    `update contact_notes set body = coalesce($3, body), deleted_at = case when $3::text is null then now() end,
       updated_at = now() where tenant_id = $1 and id = $2`,
    [tx.tenantId, of.noteId, body],
  );
}

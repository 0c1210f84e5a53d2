import { isUuid } from '../platform/database/doors.ts';
import { ApiError } from '../platform/http/api-error.ts';
import type { ConversationCursor, ConversationRow } from './list-conversations.ts';

/** A place in the list as clients carry it: opaque to them. */
export function encodeCursor(row: ConversationRow): string {
  return Buffer.from(JSON.stringify([row.last_message_at.toISOString(), row.id])).toString('base64url');
}

/** @throws ApiError invalid_input when the cursor was not made by us */
export function decodeCursor(cursor: string): ConversationCursor {
  try {
    const [at, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as [string, string];
    const date = new Date(at);
    if (!Number.isNaN(date.getTime()) && typeof id === 'string' && isUuid(id)) return { at: date, id };
  } catch (cause) {
    throw new ApiError('invalid_input', { details: [{ path: 'cursor', message: 'not a cursor of this list' }], cause });
  }
  throw new ApiError('invalid_input', { details: [{ path: 'cursor', message: 'not a cursor of this list' }] });
}

import { isUuid } from '../platform/database/doors.ts';
import { ApiError } from '../platform/http/api-error.ts';
import type { ContactCursor } from './found-contact.ts';

/** A place in a list as clients carry it: opaque to them. */
export function encodeContactCursor({ word, id }: ContactCursor): string {
  return Buffer.from(JSON.stringify([word, id])).toString('base64url');
}

/** @throws ApiError invalid_input when the cursor was not made by us */
export function decodeContactCursor(cursor: string): ContactCursor {
  const wrong = (cause?: unknown) =>
    new ApiError('invalid_input', { details: [{ path: 'cursor', message: 'is not a cursor of this list' }], cause });
  let read: unknown;
  try {
    read = JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch (cause) {
    throw wrong(cause);
  }
  const [word, id] = Array.isArray(read) ? read : [];
  if (typeof word !== 'string' || typeof id !== 'string' || !isUuid(id) || word.includes('\0')) throw wrong();
  return { word, id };
}

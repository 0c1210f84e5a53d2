import type { MediaItem } from '@patchline/contracts/media';
import { findStored, type MediaRecord, MOST_MEDIA_BYTES } from '../media/index.ts';
import type { TenantTransaction } from '../platform/database/doors.ts';
import { ApiError } from '../platform/http/api-error.ts';

/** Bytes that a carrier takes with one text, all files together. */
const MOST_BYTES = { twilio: MOST_MEDIA_BYTES, telnyx: 1_000_000 } as const;

/**
 * The stored files that are to go with a text.
 *
 * @throws ApiError invalid_input for ids that are not there and for more bytes than the sender's carrier takes
 */
export async function filesOf(
  tx: TenantTransaction,
  ids: readonly string[],
  carrier: keyof typeof MOST_BYTES,
): Promise<MediaRecord[]> {
  if (ids.length === 0) return [];
  const files = await findStored(tx, ids);
  if (files.length < ids.length) {
    throw new ApiError('invalid_input', { details: [{ path: 'mediaIds', message: 'names a file that is not there' }] });
  }
  const bytes = files.reduce((sum, file) => sum + (file.bytes ?? 0), 0);
  if (bytes > MOST_BYTES[carrier]) {
    const most = MOST_BYTES[carrier] / 1_000_000;
    throw new ApiError('invalid_input', {
      message: `Together the files are too large: this number’s carrier takes ${most} MB with one text.`,
      details: [{ path: 'mediaIds', message: `more than ${MOST_BYTES[carrier]} bytes together` }],
    });
  }
  return files;
}

export function toItem(file: MediaRecord): MediaItem {
  return { id: file.id, contentType: file.content_type, bytes: file.bytes, name: file.name, status: file.status };
}

/** What the ledger keeps of a file: enough to prove which bytes went out. */
export function evidenceOf(file: MediaRecord) {
  return {
    id: file.id,
    contentType: file.content_type,
    bytes: file.bytes,
    sha256: file.sha256?.toString('hex') ?? null,
  };
}

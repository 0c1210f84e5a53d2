import type { MediaItem } from '@patchline/contracts/media';
import { v7 as uuidv7 } from 'uuid';
import type { AnnouncedMedia } from '../carriers/index.ts';
import { insertAnnounced } from '../media/index.ts';
import type { TenantTransaction } from '../platform/database/doors.ts';
import { enqueueJob } from '../platform/jobs/enqueue.ts';

/** Tries at fetching one file, with graphile-worker's pauses between: about eight hours. */
const MOST_TRIES = 11;

export interface FetchMediaJob {
  tenantId: string;
  mediaId: string;
}

/** A content type as a header has it; anything else is not known yet. */
const CONTENT_TYPE = /^[a-z]+\/[a-z0-9.+-]{1,80}$/;

/** The files that a carrier announces with a text, as its timeline shows them until they are fetched. */
export function toItems(announced: readonly AnnouncedMedia[]): MediaItem[] {
  return announced.map(({ contentType }) => ({
    id: uuidv7(),
    contentType: CONTENT_TYPE.test(contentType.toLowerCase()) ? contentType.toLowerCase() : 'application/octet-stream',
    bytes: null,
    name: null,
    status: 'pending',
  }));
}

/** Has the announced files fetched once the transaction that stored their text has committed. */
export async function announceMedia(
  tx: TenantTransaction,
  text: { messageId: string; accountId: string },
  items: readonly MediaItem[],
  announced: readonly AnnouncedMedia[],
): Promise<void> {
  for (const [i, { id, contentType }] of items.entries()) {
    const url = announced[i]?.url ?? '';
    await insertAnnounced(tx, { id, contentType, url: url.replaceAll('\0', ''), ...text });
    const job: FetchMediaJob = { tenantId: tx.tenantId, mediaId: id };
    await enqueueJob(tx, 'fetch_media', { ...job }, { maxAttempts: MOST_TRIES });
  }
}

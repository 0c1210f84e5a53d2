import { MediaRefused } from '../carriers/index.ts';
import { type Fetched, findMedia, type MediaRecord, mediaTypeOf, settleMedia } from '../media/index.ts';
import { messageEntry, projectMessage } from '../platform/hot/project.ts';
import type { FetchMediaJob } from './announce-media.ts';
import { lockMessage } from './change-status.ts';
import { commitEffects } from './commit-effects.ts';
import type { MessagingCore } from './core.ts';
import { lockThread } from './thread-facts.ts';

/** Bytes of one file that came in: more than any carrier delivers. */
const MOST_BYTES = 20_000_000;

/**
 * Fetches a picture or file that came with a text and shows it. Runs again where it left off after a crash; whatever it
 * finds, the text itself is stored already.
 *
 * @throws when it may work later, unless this is the last try
 */
export async function fetchMedia(
  core: MessagingCore,
  { tenantId, mediaId }: FetchMediaJob,
  lastTry: boolean,
): Promise<void> {
  const record = await core.database.withTenant(tenantId, (tx) => findMedia(tx, mediaId));
  if (record?.status !== 'pending') return;
  let fetched: Fetched;
  try {
    fetched = await readFromCarrier(core, tenantId, record);
  } catch (error) {
    if (!(error instanceof MediaRefused) && !lastTry) throw error;
    core.log.warn({ err: error, mediaId }, 'a file that came with a text could not be fetched');
    fetched = { status: 'failed', problem: error instanceof Error ? error.message : 'Not known' };
  }
  await showMedia(core, tenantId, record, fetched);
}

async function readFromCarrier(core: MessagingCore, tenantId: string, record: MediaRecord): Promise<Fetched> {
  const account = await core.directory.account(tenantId, record.carrier_account_id ?? '');
  const read = await core.carriers(account.carrier).readMedia(account, record.source_url ?? '', MOST_BYTES);
  const declared = read.contentType || record.content_type;
  // Whatever came is kept; what is not known to be harmless is only ever offered as a download.
  const contentType = (await mediaTypeOf(read.bytes, declared)) ?? 'application/octet-stream';
  const sha256 = await core.media.put(tenantId, read.bytes);
  return { status: 'stored', contentType, bytes: read.bytes.length, sha256 };
}

/** Writes down what came of a file, on it and on its message, and tells the screens. */
async function showMedia(core: MessagingCore, tenantId: string, record: MediaRecord, fetched: Fetched): Promise<void> {
  await core.database.withTenant(tenantId, async (tx) => {
    const messageId = record.message_id ?? '';
    const placed = await tx.first<{ thread_id: string }>(
      'select thread_id from messages where tenant_id = $1 and id = $2',
      [tenantId, messageId],
    );
    if (placed === null || !(await lockThread(tx, placed.thread_id))) return;
    const message = await lockMessage(tx, messageId);
    if (message === null || !(await settleMedia(tx, record.id, fetched))) return;
    const stored = fetched.status === 'stored' ? { contentType: fetched.contentType, bytes: fetched.bytes } : {};
    const media = message.media.map((item) =>
      item.id === record.id ? { ...item, ...stored, status: fetched.status } : item,
    );
    const version = message.version + 1;
    await tx.query('update messages set media = $3, version = $4 where tenant_id = $1 and id = $2', [
      tenantId,
      messageId,
      JSON.stringify(media),
      version,
    ]);
    await commitEffects(core, tx, {
      audit: [
        {
          kind: `message.media_${fetched.status}`,
          subject: messageId,
          actor: 'system',
          payload:
            fetched.status === 'stored'
              ? { mediaId: record.id, ...stored, sha256: fetched.sha256.toString('hex') }
              : { mediaId: record.id, problem: fetched.problem },
        },
      ],
      hot: [messageEntry(projectMessage(tenantId, { ...message, media, version }))],
    });
  });
}

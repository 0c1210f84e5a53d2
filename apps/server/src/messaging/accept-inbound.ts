import { classifyWord, type WordClass } from '@patchline/domain/opt-out-words';
import { storableText } from '@patchline/domain/text';
import { v7 as uuidv7 } from 'uuid';
import type { AnnouncedMedia, DirectoryNumber } from '../carriers/index.ts';
import { changeFlag } from '../compliance/index.ts';
import type { TenantTransaction } from '../platform/database/doors.ts';
import type { FeedEntry } from '../platform/hot/hot-gateway.ts';
import { announceMedia, toItems } from './announce-media.ts';
import { answerWhenClosed } from './answer-when-closed.ts';
import { commitEffects } from './commit-effects.ts';
import type { MessagingCore } from './core.ts';
import { placeMessage } from './place-message.ts';

export interface InboundText {
  number: DirectoryNumber;
  carrierMessageId: string;
  from: string;
  body: string;
  /** Pictures and files that the carrier has for us. */
  media: readonly AnnouncedMedia[];
  /** What the carrier itself took the text for, where it says so. */
  carrierWord: WordClass | null;
  /** The carrier's own mark of the delivery, kept as evidence; null when there is none. */
  deliveryMark: string | null;
  receivedAt: Date;
  /** The text exactly as the carrier gave it. */
  raw: Buffer;
  contentType: string;
  /** How it reached us: brought by the carrier, or found by asking it. */
  source: 'webhook' | 'reconciler';
}

export interface InboundResult {
  messageId: string;
  duplicate: boolean;
}

/** The most of a sender's address that is kept; E.164 has 16 characters, alphanumeric senders eleven. */
const LONGEST_ADDRESS = 64;

/** The most of the carrier's mark that is kept. */
const LONGEST_MARK = 100;

/**
 * Stores a text that came in, once: message, opt-out, ledger and the hot tier's news in one commit. Whatever it holds is
 * stored; what text cannot hold becomes U+FFFD and stays in the raw bytes.
 */
export async function acceptInbound(core: MessagingCore, text: InboundText): Promise<InboundResult> {
  const messageId = uuidv7();
  const body = storableText(text.body).text;
  const carrierMessageId = storableText(text.carrierMessageId).text;
  const their = storableText(text.from).text.trim().slice(0, LONGEST_ADDRESS) || 'unknown';
  const media = toItems(text.media);
  return core.database.withTenant(text.number.tenantId, async (tx) => {
    const placed = await placeMessage(tx, {
      id: messageId,
      direction: 'inbound',
      status: 'received',
      our: text.number.e164,
      their,
      body,
      media,
      lane: 'conversation',
      accountId: text.number.account.id,
      carrierMessageId,
      author: null,
      decision: null,
      lockToken: null,
      at: text.receivedAt,
    });
    if (placed.outcome === 'duplicate') return { messageId: placed.messageId, duplicate: true };
    if (placed.outcome === 'lock_lost') throw new Error('An inbound text carries no lock token');
    await tx.query(
      `insert into inbound_raw (tenant_id, message_id, content_type, body, received_at, delivery_mark)
       values ($1, $2, $3, $4, $5, $6)`,
      [
        tx.tenantId,
        messageId,
        text.contentType,
        text.raw,
        text.receivedAt,
        text.deliveryMark === null ? null : storableText(text.deliveryMark).text.slice(0, LONGEST_MARK),
      ],
    );
    await announceMedia(tx, { messageId, accountId: text.number.account.id }, media, text.media);
    const word = text.carrierWord ?? classifyWord(body);
    await applyWord(tx, { word, their, body, messageId, receivedAt: text.receivedAt });
    await commitEffects(core, tx, {
      audit: [
        {
          kind: 'message.received',
          subject: messageId,
          actor: `carrier:${text.number.account.carrier}`,
          payload: {
            threadId: placed.threadId,
            seq: placed.seq,
            from: their,
            to: text.number.e164,
            body,
            ...(media.length === 0 ? {} : { media: media.map(({ id, contentType }) => ({ id, contentType })) }),
            carrierMessageId,
            source: text.source,
            receivedAt: text.receivedAt.toISOString(),
          },
        },
      ],
      hot:
        word === 'stop' || word === 'start'
          ? placed.entries.map((entry) => withSmsOff(entry, word === 'stop'))
          : placed.entries,
    });
    if (word === null) await answerWhenClosed(core, tx, text.number, { their, receivedAt: text.receivedAt, placed });
    return { messageId, duplicate: false };
  });
}

/** Opt-out words act before anybody else sees the text, in the commit that stores it. */
async function applyWord(
  tx: TenantTransaction,
  heard: { word: WordClass | null; their: string; body: string; messageId: string; receivedAt: Date },
): Promise<void> {
  if (heard.word !== 'stop' && heard.word !== 'start') return;
  await changeFlag(tx, {
    channel: 'sms',
    address: heard.their,
    set: heard.word === 'stop',
    source: 'keyword',
    reason: heard.body.trim().slice(0, 160),
    actor: `person:${heard.their}`,
    receivedAt: heard.receivedAt,
    messageId: heard.messageId,
  });
}

/** The thread's picture as it is once the word has acted. */
function withSmsOff(entry: FeedEntry, smsOff: boolean): FeedEntry {
  return entry.kind === 'thread' ? { ...entry, row: { ...entry.row, smsOff } } : entry;
}

import { isAttended, openingWords } from '@patchline/domain/business-hours';
import type { DirectoryNumber } from '../carriers/index.ts';
import type { TenantTransaction } from '../platform/database/doors.ts';
import { acceptOutbound } from './accept-outbound.ts';
import type { MessagingCore } from './core.ts';
import type { Placed } from './place-message.ts';

/** A person hears no more often than this that nobody is there. It also ends a talk between two machines. */
const AGAIN_AFTER_HOURS = 12;

/** A text that was found later than this after it was sent is not answered by itself any more, in milliseconds. */
const STALE_MS = 15 * 60_000;

/** Phones only: a short code or a name does not read answers. */
const PHONE = /^\+[1-9]\d{6,14}$/;

/** In a number's answer: replaced by when it is attended next. */
const OPENS = '{opens}';

/**
 * Answers a text that came outside the number's hours with the words its company has set, in the commit that stores the text.
 * The thread stays unread: a person has yet to see it. STOP, START and HELP are not answered here.
 */
export async function answerWhenClosed(
  core: MessagingCore,
  tx: TenantTransaction,
  number: DirectoryNumber,
  heard: { their: string; receivedAt: Date; placed: Extract<Placed, { outcome: 'placed' }> },
): Promise<void> {
  const { businessHours, closedReply } = number;
  if (closedReply === null || businessHours === null || !number.active || !PHONE.test(heard.their)) return;
  const now = new Date();
  if (isAttended(businessHours, now) || now.getTime() - heard.receivedAt.getTime() > STALE_MS) return;
  if (heard.placed.entries.some((entry) => entry.kind === 'thread' && entry.row.smsOff)) return;
  const due = await tx.first(
    `update threads set closed_reply_at = $3 where tenant_id = $1 and id = $2
       and (closed_reply_at is null or closed_reply_at < $3::timestamptz - make_interval(hours => ${AGAIN_AFTER_HOURS}))
     returning id`,
    [tx.tenantId, heard.placed.threadId, now],
  );
  if (due === null) return;
  await acceptOutbound(core, tx, {
    to: heard.their,
    from: number.e164,
    body: closedReply.replaceAll(OPENS, openingWords(businessHours, now) ?? 'later'),
    mediaIds: [],
    author: null,
    actor: 'system',
    lockToken: null,
    lane: 'automatic',
  });
}

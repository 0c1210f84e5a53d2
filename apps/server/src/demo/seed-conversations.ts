import { createHash } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import type { DirectoryNumber } from '../carriers/index.ts';
import { changeContact } from '../contacts/index.ts';
import { acceptInbound, commitEffects, type MessagingCore, markRead, placeMessage } from '../messaging/index.ts';
import { STORIES, type Story, type StoryLine, timeOf } from './stories.ts';

export interface SeedOptions {
  tenantId: string;
  madeAt: Date;
  /** The team by first name. */
  authors: ReadonlyMap<string, { id: string; name: string }>;
  numbers: ReadonlyMap<string, DirectoryNumber>;
}

/**
 * Writes the demo's conversations through the same functions that real texts take: opt-out words act, the ledger and the
 * hot tier hear of everything. Each line has a carrier id of its own, so that doing it again writes nothing twice.
 */
export async function seedConversations(core: MessagingCore, options: SeedOptions): Promise<void> {
  for (const story of STORIES) {
    const number = options.numbers.get(story.number);
    if (number === undefined) throw new Error(`The demo has no number named ${story.number}`);
    for (const [index, line] of story.lines.entries()) {
      const at = timeOf(line.when, options.madeAt);
      const carrierMessageId = `SM${createHash('sha256').update(`${options.tenantId} ${story.address} ${index}`).digest('hex').slice(0, 32)}`;
      if (line.who === 'customer') await seedInbound(core, { number, story, line, at, carrierMessageId });
      else
        await seedOutbound(core, {
          number,
          story,
          line,
          at,
          carrierMessageId,
          author: options.authors.get(line.who) ?? null,
        });
    }
    await finish(core, options.tenantId, story);
  }
}

interface Line {
  number: DirectoryNumber;
  story: Story;
  line: StoryLine;
  at: Date;
  carrierMessageId: string;
}

async function seedInbound(core: MessagingCore, { number, story, line, at, carrierMessageId }: Line): Promise<void> {
  await acceptInbound(core, {
    number,
    carrierMessageId,
    from: story.address,
    body: line.text,
    media: [],
    carrierWord: null,
    deliveryMark: null,
    receivedAt: at,
    raw: Buffer.from(JSON.stringify({ MessageSid: carrierMessageId, Body: line.text })),
    contentType: 'application/json',
    source: 'webhook',
  });
}

/** A text that was sent and delivered some time ago. No carrier is called for it. */
async function seedOutbound(
  core: MessagingCore,
  { number, story, line, at, carrierMessageId, author }: Line & { author: { id: string; name: string } | null },
): Promise<void> {
  await core.database.withTenant(number.tenantId, async (tx) => {
    const id = uuidv7();
    const placed = await placeMessage(tx, {
      id,
      direction: 'outbound',
      status: 'delivered',
      our: number.e164,
      their: story.address,
      body: line.text,
      media: [],
      lane: 'conversation',
      accountId: number.account.id,
      carrierMessageId,
      author,
      decision: null,
      lockToken: null,
      at,
    });
    if (placed.outcome !== 'placed') return;
    await commitEffects(core, tx, {
      audit: [
        {
          kind: 'message.imported',
          subject: id,
          actor: 'system:demo',
          payload: { to: story.address, body: line.text },
        },
      ],
      hot: placed.entries,
    });
  });
}

async function finish(core: MessagingCore, tenantId: string, story: Story): Promise<void> {
  const found = await core.database.withTenant(tenantId, (tx) =>
    tx.first<{ contact_id: string; conversation_id: string; last_seq: number }>(
      `select a.contact_id, t.conversation_id, t.last_seq
       from threads t
       join contact_addresses a on a.tenant_id = t.tenant_id and a.channel = t.channel and a.address = t.their_address
       where t.tenant_id = $1 and t.channel = 'sms' and t.their_address = $2`,
      [tenantId, story.address],
    ),
  );
  if (found === null) throw new Error('A demo conversation was not written');
  if (story.name !== null) {
    await changeContact(core, { tenantId, contactId: found.contact_id, actor: 'system:demo' }, { name: story.name });
  }
  if (story.read) await markRead(core, { tenantId, teams: null }, found.conversation_id, found.last_seq);
}

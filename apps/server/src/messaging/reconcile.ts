import type { CarrierMessage, DirectoryNumber } from '../carriers/index.ts';
import { acceptInbound } from './accept-inbound.ts';
import type { MessagingCore } from './core.ts';

/** Carriers list a message moments after taking it: what is younger than this is compared once more the next time. */
const SETTLED_AFTER_MS = 2 * 60_000;

/** Texts asked for at once, so that memory stays bounded however long we were down: a longer list is asked for in halves. */
const MOST_LISTED = 5_000;

/** A window is not cut below what carriers tell apart, and is then read whole. */
const SHORTEST_WINDOW_MS = 1_000;
const MOST_IN_SHORTEST = 200_000;

/** How the comparison is done. For tests. */
export interface ReconcileOptions {
  mostListed?: number;
  now?: Date;
}

/**
 * Compares what the carrier says came in with what we have, number by number, and takes in what never reached us: texts
 * sent while we were down, or whose webhook was lost. Returns how many were found.
 */
export async function reconcileInbound(core: MessagingCore, options: ReconcileOptions = {}): Promise<number> {
  const found = { texts: 0 };
  for (const number of await core.directory.all()) {
    const before = found.texts;
    try {
      await reconcileNumber(core, number, found, options);
    } catch (error) {
      core.log.warn({ err: error, numberId: number.id }, 'the carrier could not be asked for texts that came in');
    }
    const more = found.texts - before;
    if (more > 0) core.log.info({ numberId: number.id, found: more }, 'texts were found that no webhook had brought');
  }
  return found.texts;
}

/**
 * Goes through the time since the last comparison, oldest first, in windows that each hold what can be looked at together.
 * The watermark moves when a window has been taken in to its end, so that whatever ends the walk, the next one goes on there.
 */
async function reconcileNumber(
  core: MessagingCore,
  number: DirectoryNumber,
  found: { texts: number },
  { mostListed = MOST_LISTED, now = new Date() }: ReconcileOptions,
): Promise<void> {
  const carrier = core.carriers(number.account.carrier);
  if (!carrier.capabilities.canList) return;
  const watermark = await readWatermark(core, number);
  if (watermark === null) return;
  // Carriers tell times to the second.
  let from = Math.floor(watermark.getTime() / 1000) * 1000;
  let until = now.getTime();
  while (from < now.getTime()) {
    const shortest = until - from <= SHORTEST_WINDOW_MS;
    const limit = shortest ? MOST_IN_SHORTEST : mostListed + 1;
    const window = { since: new Date(from), until: new Date(until) };
    const listed = await carrier.list(number.account, { to: number.e164, ...window, limit });
    if (listed.length === limit && !shortest) {
      until = from + Math.max(SHORTEST_WINDOW_MS, Math.ceil((until - from) / 2));
      continue;
    }
    if (listed.length === limit) {
      core.log.error({ numberId: number.id }, 'the carrier lists more texts of one second than can be compared');
    }
    found.texts += await takeIn(core, number, listed);
    await moveWatermark(core, number, new Date(Math.min(until, now.getTime() - SETTLED_AFTER_MS)));
    // What was cut small grows again: a crowded hour is behind us at some point.
    const length = until - from;
    from = until;
    until = Math.min(now.getTime(), from + 2 * length);
  }
}

/** Takes in what we do not have. Oldest first: the order in which they were sent is the order they get. */
async function takeIn(core: MessagingCore, number: DirectoryNumber, listed: CarrierMessage[]): Promise<number> {
  const carrier = core.carriers(number.account.carrier);
  const inbound = listed.filter((message) => message.direction === 'inbound');
  const missing = await unknownAmong(
    core,
    number,
    inbound.map((message) => message.carrierMessageId),
  );
  let found = 0;
  for (const message of inbound.reverse()) {
    if (!missing.has(message.carrierMessageId)) continue;
    const result = await acceptInbound(core, {
      number,
      carrierMessageId: message.carrierMessageId,
      from: message.from,
      body: message.body,
      media: message.mediaCount === 0 ? [] : await carrier.mediaOf(number.account, message.carrierMessageId),
      carrierWord: null,
      deliveryMark: null,
      receivedAt: new Date(),
      raw: Buffer.from(message.raw),
      contentType: 'application/json',
      source: 'reconciler',
    });
    if (!result.duplicate) found += 1;
  }
  return found;
}

async function readWatermark(core: MessagingCore, number: DirectoryNumber): Promise<Date | null> {
  const row = await core.database.withTenant(number.tenantId, (tx) =>
    tx.first<{ since: Date }>(
      `select coalesce(
         (select compared_until from reconcile_watermarks where tenant_id = $1 and number_id = $2),
         (select created_at from numbers where tenant_id = $1 and id = $2)) as since`,
      [number.tenantId, number.id],
    ),
  );
  return row?.since ?? null;
}

async function moveWatermark(core: MessagingCore, number: DirectoryNumber, until: Date): Promise<void> {
  await core.database.withTenant(number.tenantId, (tx) =>
    tx.query(
      `insert into reconcile_watermarks (tenant_id, number_id, compared_until) values ($1, $2, $3)
       on conflict (tenant_id, number_id) do update
       set compared_until = greatest(reconcile_watermarks.compared_until, excluded.compared_until)`,
      [number.tenantId, number.id, until],
    ),
  );
}

async function unknownAmong(core: MessagingCore, number: DirectoryNumber, ids: string[]): Promise<Set<string>> {
  const rows = await core.database.withTenant(number.tenantId, (tx) =>
    tx.query<{ id: string }>(
      `select listed.id from unnest($3::text[]) as listed(id)
       where not exists (select 1 from messages m
         where m.tenant_id = $1 and m.carrier_account_id = $2 and m.carrier_message_id = listed.id)`,
      [number.tenantId, number.account.id, ids],
    ),
  );
  return new Set(rows.map((row) => row.id));
}

import type { DirectoryNumber } from '../carriers/index.ts';
import { acceptInbound } from './accept-inbound.ts';
import type { MessagingCore } from './core.ts';

/** How far each comparison reaches back behind the last one: carriers list a message moments after taking it. */
const OVERLAP_MS = 2 * 60_000;

/** More than a number can receive between two comparisons. */
const MOST_LISTED = 20_000;

/**
 * Compares what the carrier says came in with what we have, number by number, and takes in what never reached us: texts
 * sent while we were down, or whose webhook was lost. Returns how many were found.
 */
export async function reconcileInbound(core: MessagingCore): Promise<number> {
  let found = 0;
  for (const number of await core.directory.all()) {
    try {
      found += await reconcileNumber(core, number);
    } catch (error) {
      core.log.warn({ err: error, numberId: number.id }, 'the carrier could not be asked for texts that came in');
    }
  }
  return found;
}

async function reconcileNumber(core: MessagingCore, number: DirectoryNumber): Promise<number> {
  const carrier = core.carriers(number.account.carrier);
  if (!carrier.capabilities.canList) return 0;
  const began = new Date();
  const watermark = await core.database.withTenant(number.tenantId, (tx) =>
    tx.first<{ since: Date }>(
      `select coalesce(
         (select compared_until from reconcile_watermarks where tenant_id = $1 and number_id = $2),
         (select created_at from numbers where tenant_id = $1 and id = $2)) as since`,
      [number.tenantId, number.id],
    ),
  );
  if (watermark === null) return 0;
  const listed = await carrier.list(number.account, {
    to: number.e164,
    since: new Date(watermark.since.getTime() - OVERLAP_MS),
    limit: MOST_LISTED,
  });
  const inbound = listed.filter((message) => message.direction === 'inbound');
  const missing = await unknownAmong(
    core,
    number,
    inbound.map((message) => message.carrierMessageId),
  );
  let found = 0;
  // Oldest first: the order in which they were sent is the order they get.
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
  await core.database.withTenant(number.tenantId, (tx) =>
    tx.query(
      `insert into reconcile_watermarks (tenant_id, number_id, compared_until) values ($1, $2, $3)
       on conflict (tenant_id, number_id) do update
       set compared_until = greatest(reconcile_watermarks.compared_until, excluded.compared_until)`,
      [number.tenantId, number.id, began],
    ),
  );
  if (found > 0) core.log.info({ numberId: number.id, found }, 'texts were found that no webhook had brought');
  return found;
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

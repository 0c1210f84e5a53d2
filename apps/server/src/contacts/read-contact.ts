import type { Database } from '../platform/database/doors.ts';

export interface FlagView {
  set: boolean;
  source: string;
  reason: string | null;
  by: string | null;
  at: string;
}

export interface ContactView {
  id: string;
  name: string | null;
  type: 'lead' | 'customer';
  company: string | null;
  ownerId: string | null;
  tags: string[];
  custom: Record<string, unknown>;
  /** How many notes there are. */
  notes: number;
  createdAt: string;
  /** ISO time; null: not deleted. */
  deletedAt: string | null;
  /** The contact that this one became part of. */
  mergedInto: string | null;
  addresses: Array<{
    address: string;
    channel: 'sms' | 'email';
    label: string | null;
    dnc: { sms: FlagView | null; voice: FlagView | null };
  }>;
  /** What the person asked of us, newest first. */
  events: Array<{ id: string; kind: string; at: string; text: string }>;
}

type ContactColumns = Omit<ContactView, 'addresses' | 'events' | 'createdAt' | 'deletedAt'> & {
  created_at: Date;
  deleted_at: Date | null;
};

const MOST_EVENTS = 50;

interface FlagRow {
  channel: 'sms' | 'voice';
  address: string;
  is_set: boolean;
  source: string | null;
  reason: string | null;
  actor: string | null;
  changed_at: Date | null;
}

/** A contact with its addresses, flags and their history, or null. */
export async function readContact(database: Database, tenantId: string, id: string): Promise<ContactView | null> {
  return database.withTenant(tenantId, async (tx) => {
    const contact = await tx.first<ContactColumns>(
      `select c.id, c.name, c.type, c.company, c.owner_id as "ownerId", c.tags, c.custom, c.created_at, c.deleted_at,
         c.merged_into as "mergedInto", (select count(*)::int from contact_notes n
           where n.tenant_id = c.tenant_id and n.contact_id = c.id and n.deleted_at is null) as notes
       from contacts c where c.tenant_id = $1 and c.id = $2`,
      [tenantId, id],
    );
    if (contact === null) return null;
    const addresses = await tx.query<{ address: string; channel: 'sms' | 'email'; label: string | null }>(
      `select address, channel, label from contact_addresses
       where tenant_id = $1 and contact_id = $2 order by created_at, address`,
      [tenantId, contact.id],
    );
    const all = addresses.map(({ address }) => address);
    const flags = await tx.query<FlagRow>(
      `select channel, address, is_set, source, reason, actor, changed_at from dnc_flags
       where tenant_id = $1 and address = any($2)`,
      [tenantId, all],
    );
    const events = await tx.query<{
      id: string;
      is_set: boolean;
      channel: string;
      address: string;
      source: string;
      reason: string;
      at: Date;
    }>(
      `select id, is_set, channel, address, source, reason, at from dnc_events
       where tenant_id = $1 and address = any($2) order by at desc limit ${MOST_EVENTS}`,
      [tenantId, all],
    );
    const flagOf = (address: string, channel: string): FlagView | null => {
      const row = flags.find((candidate) => candidate.address === address && candidate.channel === channel);
      if (row === undefined || row.source === null || row.changed_at === null) return null;
      return {
        set: row.is_set,
        source: row.source,
        reason: row.reason,
        by: row.actor,
        at: row.changed_at.toISOString(),
      };
    };
    const { created_at: createdAt, deleted_at: deletedAt, ...columns } = contact;
    return {
      ...columns,
      createdAt: createdAt.toISOString(),
      deletedAt: deletedAt?.toISOString() ?? null,
      addresses: addresses.map(({ address, channel, label }) => ({
        address,
        channel,
        label,
        dnc: { sms: flagOf(address, 'sms'), voice: flagOf(address, 'voice') },
      })),
      events: events.map((event) => ({
        id: event.id,
        kind: event.is_set ? 'dnc.set' : 'dnc.cleared',
        at: event.at.toISOString(),
        text: eventText(event),
      })),
    };
  });
}

function eventText(event: { is_set: boolean; channel: string; source: string; reason: string }): string {
  const what = event.channel === 'sms' ? 'Texts' : 'Calls';
  const state = event.is_set ? 'off' : 'on again';
  if (event.source === 'keyword') return `Texted "${event.reason}". ${what} ${state}.`;
  if (event.source === 'carrier_error') return `The carrier reported an opt-out. ${what} ${state}.`;
  return `${what} ${state}: ${event.reason}`;
}

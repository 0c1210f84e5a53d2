import { v7 as uuidv7 } from 'uuid';
import { appendAudit } from '../platform/audit/append.ts';
import type { TenantTransaction } from '../platform/database/doors.ts';
import { ApiError } from '../platform/http/api-error.ts';
import { actorOf, type Principal } from '../platform/http/principal.ts';
import {
  type AddressInput,
  checkCustom,
  checkOwner,
  normalAddresses,
  normalTags,
  type StoredAddress,
} from './contact-input.ts';

export interface NewContact {
  name: string | null;
  type: 'lead' | 'customer';
  company: string | null;
  ownerId: string | null;
  addresses: readonly AddressInput[];
  tags: readonly string[];
  custom: Record<string, unknown>;
}

/** Makes a contact. @throws ApiError address_taken, with the contact that has the address; invalid_input */
export async function createContact(
  tx: TenantTransaction,
  asker: Principal,
  wish: NewContact,
): Promise<{ id: string }> {
  const addresses = normalAddresses(wish.addresses);
  if (wish.name === null && wish.company === null && addresses.length === 0) {
    throw new ApiError('invalid_input', {
      message: 'A contact has a name, a company or an address.',
      details: [{ path: 'name', message: 'is missing, and so are company and address' }],
    });
  }
  await checkOwner(tx, wish.ownerId);
  await checkCustom(tx, wish.custom);
  const id = uuidv7();
  const custom = Object.fromEntries(Object.entries(wish.custom).filter(([, value]) => value !== null));
  await tx.query(
    `insert into contacts (tenant_id, id, name, type, company, owner_id, tags, custom)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [tx.tenantId, id, wish.name, wish.type, wish.company, wish.ownerId, normalTags(wish.tags), custom],
  );
  for (const address of addresses) await claimAddress(tx, id, address);
  await appendAudit(tx, [
    {
      kind: 'contact.added',
      subject: id,
      actor: actorOf(asker),
      payload: { name: wish.name, addresses: addresses.map(({ address }) => address) },
    },
  ]);
  return { id };
}

/** Gives a contact an address that nobody has. @throws ApiError address_taken */
export async function claimAddress(tx: TenantTransaction, contactId: string, address: StoredAddress): Promise<void> {
  const mine = await tx.first(
    `insert into contact_addresses (tenant_id, channel, address, contact_id, label) values ($1, $2, $3, $4, $5)
     on conflict do nothing returning 1`,
    [tx.tenantId, address.channel, address.address, contactId, address.label],
  );
  if (mine !== null) return;
  const theirs = await tx.first<{ id: string; name: string | null; deleted: boolean }>(
    `select c.id, c.name, c.deleted_at is not null as deleted from contact_addresses a
     join contacts c on c.tenant_id = a.tenant_id and c.id = a.contact_id
     where a.tenant_id = $1 and a.channel = $2 and a.address = $3`,
    [tx.tenantId, address.channel, address.address],
  );
  if (theirs?.id === contactId) return;
  throw new ApiError('address_taken', {
    details: {
      contactId: theirs?.id,
      name: theirs?.name ?? null,
      address: address.address,
      deleted: theirs?.deleted ?? false,
    },
  });
}

import type { AddressChannel } from '../api/types-contacts.ts';
import { phone } from '../format/phone.ts';

interface Named {
  name: string | null;
  company: string | null;
  addresses: ReadonlyArray<{ channel: AddressChannel; address: string }>;
}

/** What to call a contact: the name, else the company, else where it can be reached. */
export function contactTitle(contact: Named): string {
  const first = contact.addresses[0];
  return contact.name?.trim() || contact.company?.trim() || (first ? written(first) : 'No name');
}

/** An address as people write it. */
export function written({ channel, address }: { channel: AddressChannel; address: string }): string {
  return channel === 'sms' ? phone(address) : address;
}

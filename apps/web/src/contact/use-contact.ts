import { queryOptions } from '@tanstack/react-query';
import { api } from '../api/calls.ts';
import type { DncFlag } from '../api/types.ts';
import type { Contact } from '../api/types-contacts.ts';

export const contactQuery = (id: string) =>
  queryOptions({ queryKey: ['contact', id], queryFn: () => api.contact(id), staleTime: 15_000 });

export function smsFlag(contact: Contact | undefined, address: string): DncFlag | null {
  return contact?.addresses.find((each) => each.address === address)?.dnc.sms ?? null;
}

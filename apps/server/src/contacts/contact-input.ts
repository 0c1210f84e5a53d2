import { parsePhone, quickNanp } from '@patchline/domain/phone';
import type { TenantTransaction } from '../platform/database/doors.ts';
import { ApiError } from '../platform/http/api-error.ts';
import { type ContactField, listFields, problemOfValue } from './contact-fields.ts';

/** ISO 3166: whose numbers are typed without a calling code. */
export const HOME_REGION = 'US';

export interface AddressInput {
  channel: 'sms' | 'email';
  address: string;
  label?: string | null | undefined;
}

export interface StoredAddress {
  channel: 'sms' | 'email';
  address: string;
  label: string | null;
}

const EMAIL = /^[^\s@<>"]{1,64}@[^\s@<>"]+\.[^\s@<>".]{2,}$/;

/** An address as it is stored: E.164, or an e-mail in lower case. Null: it is none. */
export function normalAddress({ channel, address, label }: AddressInput): StoredAddress | null {
  const stored = channel === 'sms' ? phoneOf(address) : emailOf(address);
  return stored === null ? null : { channel, address: stored, label: label?.trim() || null };
}

function phoneOf(text: string): string | null {
  const quick = quickNanp(text.trim());
  if (quick !== null) return quick;
  const parsed = parsePhone(text, HOME_REGION);
  return parsed.ok ? parsed.e164 : null;
}

function emailOf(text: string): string | null {
  const email = text.trim().toLowerCase();
  return email.length <= 254 && EMAIL.test(email) ? email : null;
}

/** @throws ApiError invalid_input that names the first that is none */
export function normalAddresses(inputs: readonly AddressInput[], path = 'addresses'): StoredAddress[] {
  const known = new Set<string>();
  return inputs.flatMap((input, i) => {
    const address = normalAddress(input);
    if (address === null) {
      const what = input.channel === 'sms' ? 'phone number' : 'e-mail address';
      throw new ApiError('invalid_input', {
        message: `“${input.address}” is not a ${what} we can use.`,
        details: [{ path: path === '' ? 'address' : `${path}.${i}.address`, message: `is not a ${what} we can use` }],
      });
    }
    const key = `${address.channel} ${address.address}`;
    if (known.has(key)) return [];
    known.add(key);
    return [address];
  });
}

/** Tags without the blank, the doubled and the differently capitalised. */
export function normalTags(tags: readonly string[]): string[] {
  const known = new Map<string, string>();
  for (const tag of tags.map((each) => each.trim())) {
    if (tag !== '' && !known.has(tag.toLowerCase())) known.set(tag.toLowerCase(), tag);
  }
  return [...known.values()];
}

/** Refuses values of fields that are not there, or not of their type. Null takes a value away. */
export async function checkCustom(tx: TenantTransaction, custom: Record<string, unknown>): Promise<void> {
  if (Object.keys(custom).length === 0) return;
  const fields = new Map((await listFields(tx)).map((field): [string, ContactField] => [field.key, field]));
  const details = Object.entries(custom).flatMap(([key, value]) => {
    const field = fields.get(key);
    const message = field === undefined ? 'is not a field of your contacts' : problemOfValue(field, value);
    return message === null ? [] : [{ path: `custom.${key}`, message }];
  });
  if (details.length > 0) throw new ApiError('invalid_input', { details });
}

/** @throws ApiError invalid_input when the owner is nobody of the team */
export async function checkOwner(tx: TenantTransaction, ownerId: string | null | undefined): Promise<void> {
  if (ownerId === null || ownerId === undefined) return;
  const member = await tx.first(
    'select 1 from memberships where tenant_id = $1 and user_id = $2 and removed_at is null',
    [tx.tenantId, ownerId],
  );
  if (member === null) {
    throw new ApiError('invalid_input', { details: [{ path: 'ownerId', message: 'is nobody of the team' }] });
  }
}

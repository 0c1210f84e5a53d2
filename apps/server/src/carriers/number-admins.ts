import type { CarrierAccount } from './messaging-carrier.ts';
import type { NumberAdmin } from './number-admin.ts';
import { twilioNumberAdmin } from './twilio/numbers.ts';

/** The number administration of an account's carrier, or null where it has to be done at the carrier itself. */
export type NumberAdmins = (carrier: CarrierAccount['carrier']) => NumberAdmin | null;

export function createNumberAdmins(settings: { twilioApiUrl: string | null }): NumberAdmins {
  const twilio = twilioNumberAdmin(settings.twilioApiUrl);
  return (carrier) => (carrier === 'twilio' ? twilio : null);
}

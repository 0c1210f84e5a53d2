import type { CarrierAccount } from './messaging-carrier.ts';
import type { NumberAdmin } from './number-admin.ts';
import { telnyxNumberAdmin } from './telnyx/numbers.ts';
import { twilioNumberAdmin } from './twilio/numbers.ts';

/** The number administration of an account's carrier. */
export type NumberAdmins = (carrier: CarrierAccount['carrier']) => NumberAdmin;

/** The addresses replace the carriers' own; null leaves those. */
export function createNumberAdmins(settings: {
  twilioApiUrl: string | null;
  telnyxApiUrl: string | null;
}): NumberAdmins {
  const admins = {
    twilio: twilioNumberAdmin(settings.twilioApiUrl),
    telnyx: telnyxNumberAdmin(settings.telnyxApiUrl),
  };
  return (carrier) => admins[carrier];
}

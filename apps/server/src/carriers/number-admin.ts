import type { CarrierAccount } from './messaging-carrier.ts';

/** A number as the carrier's account lists it. */
export interface CarrierNumber {
  /** The carrier's id of the number: Twilio's PN…. */
  carrierRef: string;
  /** E.164. */
  e164: string;
  name: string;
  capabilities: { sms: boolean; mms: boolean; voice: boolean };
  /** Where the carrier sends incoming texts now; '' for nowhere. */
  webhookUrl: string;
}

/** The carrier refused or could not be asked. `credentials`: it does not know the account, or not this token. */
export class CarrierRefusal extends Error {
  override name = 'CarrierRefusal';
  readonly kind: 'credentials' | 'unreachable' | 'refused';

  /** `message` is in words for people and holds no credential. */
  constructor(kind: CarrierRefusal['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}

/** A request like those the carrier makes, signed with the account's credential. */
export interface ProbeRequest {
  url: string;
  headers: Record<string, string>;
  body: string;
}

/** What can be done with a carrier's account besides texting. Every method throws CarrierRefusal and nothing else. */
export interface NumberAdmin {
  /** Asks the carrier for the account; gives its name there. */
  checkCredentials(account: CarrierAccount): Promise<{ name: string }>;
  /** All numbers of the account. */
  listNumbers(account: CarrierAccount): Promise<CarrierNumber[]>;
  /** The account's number, or null when it has no such number. */
  findNumber(account: CarrierAccount, e164: string): Promise<CarrierNumber | null>;
  /** Where the carrier shall send the number's incoming texts; null: nowhere. */
  setWebhook(account: CarrierAccount, carrierRef: string, url: string | null): Promise<void>;
  /** The address for incoming texts, with what asks the carrier to try again when we do not answer. */
  webhookUrl(publicUrl: string): string;
  /** A signed request below the address for texts, naming `e164`, to see whether webhooks can arrive. */
  probe(account: CarrierAccount, publicUrl: string, e164: string): ProbeRequest;
}

import type { Decision } from '@patchline/contracts/decision';
import type { MediaItem } from '@patchline/contracts/media';
import type { Direction, MessageStatus } from '@patchline/contracts/message-status';
import type { Permission } from '@patchline/contracts/permissions';
import type { Role } from '@patchline/contracts/roles';
import type { BusinessHours } from '@patchline/domain/business-hours';
import type { SendingClass } from '@patchline/domain/sending-rates';

export type { MediaItem };

/** What the desk reads and writes over HTTP. `at` and other times are ISO 8601 strings here; hot rows carry milliseconds. */

export interface Me {
  user: { id: string; email: string; name: string };
  tenant: { id: string; name: string; timeZone: string };
  role: Role;
  /** Every company that this person belongs to; the present one is among them. */
  tenants: Array<{ id: string; name: string; role: Role }>;
  permissions: Permission[];
  /** May make further companies on this server. */
  installationOwner: boolean;
  branding: { accent: string | null };
  twoFactor: boolean;
  hotUrl: string;
  demo: boolean;
  handsetUrl: string | null;
}

export interface Conversation {
  id: string;
  threadId: string;
  contact: { id: string; name: string | null; address: string };
  /** Our number, E.164. */
  number: string;
  channel: 'sms';
  lastMessage: { id: string; body: string; direction: Direction; at: string; status: MessageStatus } | null;
  unread: number;
  status: 'open' | 'closed';
  /** The person asked not to be texted. */
  smsOff: boolean;
  version: number;
}

export interface ConversationDetail extends Conversation {
  fence: number;
  lastSeq: number;
}

export interface Message {
  id: string;
  seq: number;
  version: number;
  direction: Direction;
  body: string;
  status: MessageStatus;
  carrierMessageId: string | null;
  at: string;
  author: { id: string; name: string } | null;
  error?: { code: string; message: string } | null;
  decision?: Decision | null;
  media: MediaItem[];
}

export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

export interface DncFlag {
  set: boolean;
  source: string;
  reason: string | null;
  at: string;
  by: string | null;
}

export interface OwnNumber {
  id: string;
  e164: string;
  name: string;
  carrier: string;
  isDefault: boolean;
}

export interface ConnectedNumber {
  id: string;
  e164: string;
  name: string;
  isDefault: boolean;
  active: boolean;
  /** The carrier answers STOP and HELP itself. */
  carrierAutoReply: boolean;
  /** What it sends through at the carrier; null: the number alone. */
  messagingService: string | null;
  /** How fast the carrier lets it send; null: by the look of the number. */
  sendingClass: SendingClass | null;
  campaign: string | null;
  /** When it is attended; null: always. */
  businessHours: BusinessHours | null;
  /** What it answers outside its hours. */
  closedReply: string | null;
  /** When texts were last seen to be able to arrive, or what was wrong. */
  webhook: { checkedAt: string; problem: string | null } | null;
}

export interface CarrierAccount {
  id: string;
  carrier: 'twilio' | 'telnyx';
  accountRef: string;
  name: string | null;
  /** The credential before this one is still good for webhooks. */
  rotating: boolean;
  createdAt: string;
  numbers: ConnectedNumber[];
}

export interface AvailableNumber {
  e164: string;
  name: string;
  capabilities: { sms: boolean; mms: boolean; voice: boolean };
  state: 'free' | 'ours' | 'taken';
}

export interface CheckStep {
  step: 'address_at_carrier' | 'arrives' | 'signature_checked';
  ok: boolean;
  words: string;
}

export interface NumberChange {
  name?: string;
  isDefault?: true;
  carrierAutoReply?: boolean;
  active?: boolean;
  messagingService?: string | null;
  sendingClass?: SendingClass | null;
  campaign?: string | null;
  /** Whose texts it brings; null: everybody's. */
  teamId?: string | null;
  businessHours?: BusinessHours | null;
  closedReply?: string | null;
}

export type CarrierCredentials =
  | { carrier: 'twilio'; accountSid: string; authToken: string }
  | { carrier: 'telnyx'; apiKey: string; publicKey: string };

/** Twilio's auth token or Telnyx's API key; for Telnyx also its public key, when that is new. */
export interface NewCredential {
  authToken: string;
  publicKey?: string;
}

export interface SendInput {
  to: string;
  from?: string;
  body: string;
  mediaIds?: string[];
  lockToken?: number;
}

export interface Sent {
  id: string;
  status: MessageStatus;
  decision: Decision;
}

/** A message asked for by its id says where it belongs. */
export interface MessageDetail extends Message {
  conversationId: string;
  threadId: string;
}

export interface SetupInput {
  token: string;
  name: string;
  email: string;
  password: string;
  tenantName: string;
  timeZone?: string;
}

export type StatusFilter = 'open' | 'closed' | 'all';

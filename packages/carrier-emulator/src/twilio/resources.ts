import { formatNumber, isTollFree, type Place } from '../phone-numbers.ts';
import type { Account, OwnedNumber } from '../store/accounts.ts';
import type { Media, Message } from '../store/messages.ts';

/** The JSON of Twilio's resources: snake case, RFC 2822 dates, numbers as strings where Twilio has strings. */

export const API_VERSION = '2010-04-01';

export function accountPath(accountSid: string): string {
  return `/${API_VERSION}/Accounts/${accountSid}`;
}

/** "Thu, 24 Aug 2023 05:01:45 +0000" */
export function rfc2822(ms: number): string {
  return new Date(ms).toUTCString().replace('GMT', '+0000');
}

function optionalDate(ms: number | null): string | null {
  return ms === null ? null : rfc2822(ms);
}

/** US list price of a segment, in dollars. */
const PRICE_PER_SEGMENT = 0.0083;

export function messageJson(m: Message) {
  const uri = `${accountPath(m.accountSid)}/Messages/${m.sid}`;
  // A Messaging Service has not chosen a sender yet, so there is none to show and nothing to count.
  const unassigned = m.serviceSid !== null && (m.status === 'accepted' || m.status === 'scheduled');
  const billed = m.sentAt !== null && m.status !== 'failed';
  return {
    account_sid: m.accountSid,
    api_version: API_VERSION,
    body: m.body,
    date_created: rfc2822(m.createdAt),
    date_sent: optionalDate(m.sentAt),
    date_updated: rfc2822(m.updatedAt),
    direction: m.direction,
    error_code: m.errorCode,
    error_message: m.errorMessage,
    from: unassigned ? null : m.sender,
    messaging_service_sid: m.serviceSid,
    num_media: String(m.media.length),
    num_segments: unassigned ? '0' : String(m.numSegments),
    price: billed ? (-PRICE_PER_SEGMENT * m.numSegments).toFixed(5) : null,
    price_unit: 'USD',
    sid: m.sid,
    status: m.status,
    subresource_uris: { media: `${uri}/Media.json` },
    to: m.recipient,
    uri: `${uri}.json`,
  };
}

export function mediaJson(m: Message, media: Media) {
  return {
    account_sid: m.accountSid,
    content_type: media.contentType,
    date_created: rfc2822(m.createdAt),
    date_updated: rfc2822(m.createdAt),
    parent_sid: m.sid,
    sid: media.sid,
    uri: `${accountPath(m.accountSid)}/Messages/${m.sid}/Media/${media.sid}.json`,
  };
}

export function feedbackJson(m: Message, outcome: 'confirmed' | 'unconfirmed', now: number) {
  return {
    account_sid: m.accountSid,
    date_created: rfc2822(now),
    date_updated: rfc2822(now),
    message_sid: m.sid,
    outcome,
    uri: `${accountPath(m.accountSid)}/Messages/${m.sid}/Feedback.json`,
  };
}

/** A number that can be bought. */
export function availableJson(e164: string, place: Place) {
  return {
    address_requirements: 'none',
    beta: false,
    capabilities: { voice: true, SMS: true, MMS: true, fax: false },
    friendly_name: formatNumber(e164),
    iso_country: place.country,
    lata: null,
    latitude: null,
    locality: place.city || null,
    longitude: null,
    phone_number: e164,
    postal_code: place.zip || null,
    rate_center: place.city || null,
    region: place.state || null,
  };
}

export function numberJson(n: OwnedNumber) {
  return {
    account_sid: n.accountSid,
    address_requirements: 'none',
    address_sid: null,
    api_version: API_VERSION,
    beta: false,
    bundle_sid: null,
    capabilities: { voice: true, sms: true, mms: true, fax: false },
    date_created: rfc2822(n.createdAt),
    date_updated: rfc2822(n.updatedAt),
    emergency_address_sid: null,
    emergency_address_status: 'unregistered',
    emergency_status: 'Inactive',
    friendly_name: n.friendlyName,
    identity_sid: null,
    origin: 'twilio',
    phone_number: n.e164,
    sid: n.sid,
    sms_application_sid: n.smsApplicationSid || null,
    sms_fallback_method: n.smsFallbackMethod,
    sms_fallback_url: n.smsFallbackUrl,
    sms_method: n.smsMethod,
    sms_url: n.smsUrl,
    status: 'in-use',
    status_callback: n.statusCallback,
    status_callback_method: n.statusCallbackMethod,
    trunk_sid: null,
    type: isTollFree(n.e164) ? 'toll free' : 'local',
    uri: `${accountPath(n.accountSid)}/IncomingPhoneNumbers/${n.sid}.json`,
    voice_application_sid: null,
    voice_caller_id_lookup: false,
    voice_fallback_method: n.voiceFallbackMethod,
    voice_fallback_url: n.voiceFallbackUrl,
    voice_method: n.voiceMethod,
    voice_receive_mode: 'voice',
    voice_url: n.voiceUrl,
  };
}

const SUBRESOURCES = [
  'available_phone_numbers',
  'calls',
  'conferences',
  'incoming_phone_numbers',
  'messages',
  'notifications',
  'outgoing_caller_ids',
  'recordings',
  'transcriptions',
] as const;

export function accountJson(a: Account) {
  const path = accountPath(a.sid);
  return {
    auth_token: a.authToken,
    date_created: rfc2822(a.createdAt),
    date_updated: rfc2822(a.updatedAt),
    friendly_name: a.friendlyName,
    owner_account_sid: a.sid,
    sid: a.sid,
    status: 'active',
    subresource_uris: Object.fromEntries(SUBRESOURCES.map((name) => [name, `${path}/${pascal(name)}.json`])),
    type: 'Full',
    uri: `${path}.json`,
  };
}

function pascal(snake: string): string {
  return snake.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

import { createHash } from 'node:crypto';
import { numberType, placeOf } from '../phone-numbers.ts';
import type { OwnedNumber } from '../store/accounts.ts';

/** Telnyx's resources: snake case, ISO 8601 dates with an offset, UUIDs. Members are stored under their own names. */

export interface ProfileSettings {
  name: string;
  enabled: boolean;
  webhook_url: string | null;
  webhook_failover_url: string | null;
  webhook_api_version: '1' | '2' | '2010-04-01';
  whitelisted_destinations: string[];
  number_pool_settings: {
    toll_free_weight: number;
    long_code_weight: number;
    skip_unhealthy: boolean;
    sticky_sender?: boolean;
    geomatch?: boolean;
  } | null;
  url_shortener_settings: {
    domain: string;
    prefix?: string;
    replace_blacklist_only?: boolean;
    send_webhooks?: boolean;
  } | null;
  alpha_sender: string | null;
  daily_spend_limit: string;
  daily_spend_limit_enabled: boolean;
  mms_fall_back_to_sms: boolean;
  mms_transcoding: boolean;
  mobile_only: boolean;
  smart_encoding: boolean;
  health_webhook_url: string | null;
  ai_assistant_id: string | null;
  resource_group_id: string | null;
}

export interface MessagingProfile extends ProfileSettings {
  sid: string;
  accountSid: string;
  v1_secret: string;
  createdAt: number;
  updatedAt: number;
}

export const PROFILE_DEFAULTS: ProfileSettings = {
  name: 'Emulated profile',
  enabled: true,
  webhook_url: null,
  webhook_failover_url: null,
  webhook_api_version: '2',
  whitelisted_destinations: ['*'],
  number_pool_settings: null,
  url_shortener_settings: null,
  alpha_sender: null,
  daily_spend_limit: '0.00',
  daily_spend_limit_enabled: false,
  mms_fall_back_to_sms: false,
  mms_transcoding: false,
  mobile_only: false,
  smart_encoding: false,
  health_webhook_url: null,
  ai_assistant_id: null,
  resource_group_id: null,
};

/** Words of a profile's own, for one country or all ("*"), and the answer to them. */
export interface AutorespConfig {
  sid: string;
  accountSid: string;
  profileId: string;
  op: 'start' | 'stop' | 'info';
  keywords: string[];
  resp_text: string;
  country_code: string;
  createdAt: number;
  updatedAt: number;
}

export interface NumberOrder {
  sid: string;
  accountSid: string;
  numbers: { id: string; e164: string }[];
  profileId: string;
  connectionId: string;
  customerReference: string;
  createdAt: number;
}

/** "2026-01-02T03:04:05.148+00:00" */
export function iso(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '+00:00');
}

/** An account's organization: always the same UUID for the same account. */
export function organizationId(accountSid: string): string {
  const hex = createHash('sha256').update(accountSid).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

export function profileJson(p: MessagingProfile) {
  const { sid, accountSid, createdAt, updatedAt, ...settings } = p;
  return {
    record_type: 'messaging_profile',
    id: sid,
    organization_id: organizationId(accountSid),
    ...settings,
    redaction_enabled: false,
    redaction_level: 2,
    created_at: iso(createdAt),
    updated_at: iso(updatedAt),
  };
}

export function autorespJson(c: AutorespConfig) {
  return {
    op: c.op,
    keywords: c.keywords,
    resp_text: c.resp_text,
    country_code: c.country_code,
    id: c.sid,
    created_at: iso(c.createdAt),
    updated_at: iso(c.updatedAt),
  };
}

const PHONE_NUMBER_TYPES = { 'long-code': 'local', 'toll-free': 'toll_free', 'short-code': 'shortcode' } as const;

export function numberJson(n: OwnedNumber, profile: MessagingProfile | undefined) {
  return {
    id: n.sid,
    record_type: 'phone_number',
    phone_number: n.e164,
    country_iso_alpha2: placeOf(n.e164).country || 'US',
    status: 'active',
    tags: n.tags,
    external_pin: null,
    connection_name: null,
    connection_id: null,
    customer_reference: n.customerReference,
    messaging_profile_id: profile?.sid ?? null,
    messaging_profile_name: profile?.name ?? null,
    billing_group_id: null,
    emergency_enabled: false,
    emergency_address_id: null,
    emergency_status: 'disabled',
    call_forwarding_enabled: false,
    cnam_listing_enabled: false,
    caller_id_name_enabled: false,
    call_recording_enabled: false,
    t38_fax_gateway_enabled: false,
    purchased_at: iso(n.createdAt),
    created_at: iso(n.createdAt),
    updated_at: iso(n.updatedAt),
    phone_number_type: PHONE_NUMBER_TYPES[numberType(n.e164)],
    inbound_call_screening: 'disabled',
    hd_voice_enabled: false,
    source_type: 'number_order',
    deletion_lock_enabled: false,
  };
}

const TWO_WAY = { domestic_two_way: true, international_inbound: true, international_outbound: false };

/** What a number's messaging settings look like. */
export function numberMessagingJson(n: OwnedNumber) {
  return {
    record_type: 'messaging_settings',
    id: n.sid,
    phone_number: n.e164,
    messaging_profile_id: n.messagingProfileId,
    created_at: iso(n.createdAt),
    updated_at: iso(n.updatedAt),
    country_code: placeOf(n.e164).country || 'US',
    type: numberType(n.e164),
    health: { message_count: 0, inbound_outbound_ratio: 0, success_ratio: 1, spam_ratio: 0 },
    eligible_messaging_products: ['A2P'],
    traffic_type: 'A2P',
    messaging_product: 'A2P',
    features: { sms: TWO_WAY, mms: TWO_WAY },
    organization_id: organizationId(n.accountSid),
    tags: n.tags,
  };
}

export function orderJson(o: NumberOrder) {
  return {
    id: o.sid,
    record_type: 'number_order',
    phone_numbers_count: o.numbers.length,
    connection_id: o.connectionId,
    messaging_profile_id: o.profileId,
    billing_group_id: '',
    phone_numbers: o.numbers.map(({ id, e164 }) => ({
      id,
      record_type: 'number_order_phone_number',
      phone_number: e164,
      country_iso_alpha2: 'US',
      regulatory_requirements: [],
      requirements_met: true,
      requirements_status: 'approved',
      status: 'success',
      phone_number_type: numberType(e164) === 'toll-free' ? 'toll_free' : 'local',
      country_code: 'US',
    })),
    sub_number_orders_ids: [],
    status: 'success',
    customer_reference: o.customerReference,
    created_at: iso(o.createdAt),
    updated_at: iso(o.createdAt),
    requirements_met: true,
  };
}

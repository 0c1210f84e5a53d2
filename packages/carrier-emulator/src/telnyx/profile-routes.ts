import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Context } from '../context.ts';
import { isShortCode } from '../phone-numbers.ts';
import type { Account } from '../store/accounts.ts';
import { Body } from './body.ts';
import { TelnyxError } from './errors.ts';
import { filterOf, pageOf, type Query } from './paging.ts';
import { type MessagingProfile, numberMessagingJson, PROFILE_DEFAULTS, profileJson } from './resources.ts';

interface Params {
  id: string;
}

/** Messaging profiles: CRUD, their numbers and short codes, and their secret. */
export function profileRoutes(app: FastifyInstance, context: Context): void {
  const { profiles, accounts, clock, db, events } = context;

  app.get('/messaging_profiles', async (request) => {
    const query = request.query as Query;
    const exact = query['filter[name][eq]'] ?? filterOf(query, 'name');
    const part = query['filter[name][contains]'];
    const all = profiles
      .allOf((request.account as Account).sid)
      .filter(({ name }) => (!exact || name === exact) && (!part || name.includes(String(part))));
    request.what = `${all.length} messaging profiles listed`;
    return pageOf(all, request.query, profileJson);
  });

  app.post('/messaging_profiles', async (request) => {
    const body = new Body(request.body);
    body.needed('name');
    if (!body.list('whitelisted_destinations')) {
      throw new TelnyxError(
        10004,
        "The 'whitelisted_destinations' parameter is required.",
        '/whitelisted_destinations',
      );
    }
    const now = clock.now();
    const made = profiles.save({
      ...PROFILE_DEFAULTS,
      ...readProfile(body),
      sid: randomUUID(),
      accountSid: (request.account as Account).sid,
      v1_secret: randomUUID().replaceAll('-', ''),
      createdAt: now,
      updatedAt: now,
    });
    await db.committed();
    events.emit('changed', 'accounts');
    request.what = `Messaging profile ${made.name} made`;
    return { data: profileJson(made) };
  });

  app.get<{ Params: Params }>('/messaging_profiles/:id', async (request) => ({ data: profileJson(find(request)) }));

  app.patch<{ Params: Params }>('/messaging_profiles/:id', async (request) => {
    const before = find(request);
    const changed = profiles.save({ ...before, ...readProfile(new Body(request.body)), updatedAt: clock.now() });
    await db.committed();
    events.emit('changed', 'accounts');
    request.what = `Messaging profile ${changed.name} changed`;
    return { data: profileJson(changed) };
  });

  app.delete<{ Params: Params }>('/messaging_profiles/:id', async (request) => {
    const profile = find(request);
    profiles.remove(profile.sid);
    for (const number of accounts.numbersOf(profile.accountSid)) {
      if (number.messagingProfileId === profile.sid) {
        accounts.updateNumber(number, { messagingProfileId: null }, clock.now());
      }
    }
    await db.committed();
    events.emit('changed', 'accounts');
    request.what = `Messaging profile ${profile.name} deleted`;
    return { data: profileJson(profile) };
  });

  app.post<{ Params: Params }>('/messaging_profiles/:id/actions/regenerate_secret', async (request) => {
    const v1_secret = randomUUID().replaceAll('-', '');
    const changed = profiles.save({ ...find(request), v1_secret, updatedAt: clock.now() });
    await db.committed();
    return { data: profileJson(changed) };
  });

  app.get<{ Params: Params }>('/messaging_profiles/:id/phone_numbers', async (request) => {
    const all = numbersOf(find(request)).filter((number) => !isShortCode(number.e164));
    return pageOf(all, request.query, numberMessagingJson);
  });

  app.get<{ Params: Params }>('/messaging_profiles/:id/short_codes', async (request) => {
    const all = numbersOf(find(request)).filter((number) => isShortCode(number.e164));
    return pageOf(all, request.query, (number) => {
      const { id, messaging_profile_id, country_code, tags, created_at, updated_at } = numberMessagingJson(number);
      const short_code = number.e164;
      return {
        record_type: 'short_code',
        id,
        short_code,
        country_code,
        messaging_profile_id,
        tags,
        created_at,
        updated_at,
      };
    });
  });

  function numbersOf(profile: MessagingProfile) {
    return accounts.numbersOf(profile.accountSid).filter((number) => number.messagingProfileId === profile.sid);
  }

  function find(request: FastifyRequest<{ Params: Params }>): MessagingProfile {
    const profile = profiles.of((request.account as Account).sid, request.params.id);
    if (!profile) throw new TelnyxError(10005);
    return profile;
  }
}

const FLAGS = [
  'enabled',
  'daily_spend_limit_enabled',
  'mms_fall_back_to_sms',
  'mms_transcoding',
  'mobile_only',
  'smart_encoding',
] as const;

function readProfile(body: Body): Partial<MessagingProfile> {
  const read: Partial<MessagingProfile> = {
    name: body.text('name'),
    webhook_url: body.url('webhook_url'),
    webhook_failover_url: body.url('webhook_failover_url'),
    health_webhook_url: body.url('health_webhook_url'),
    webhook_api_version: body.one('webhook_api_version', ['1', '2', '2010-04-01']),
    whitelisted_destinations: body.list('whitelisted_destinations'),
    daily_spend_limit: body.text('daily_spend_limit'),
  };
  for (const name of FLAGS) read[name] = body.flag(name);
  if (body.raw.alpha_sender !== undefined) read.alpha_sender = body.text('alpha_sender') ?? null;
  for (const name of ['number_pool_settings', 'url_shortener_settings'] as const) {
    const value = body.raw[name];
    if (value === undefined) continue;
    if (typeof value !== 'object') throw new TelnyxError(10015, `'${name}' must be an object`, `/${name}`);
    Object.assign(read, { [name]: value });
  }
  const wrong = read.whitelisted_destinations?.find((one) => !/^([A-Z]{2}|\*)$/.test(one));
  if (wrong !== undefined) {
    throw new TelnyxError(10015, `'${wrong}' is no country or "*"`, '/whitelisted_destinations');
  }
  return Object.fromEntries(Object.entries(read).filter(([, value]) => value !== undefined));
}

import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Context } from '../context.ts';
import type { Account } from '../store/accounts.ts';
import { Body } from './body.ts';
import { TelnyxError } from './errors.ts';
import { filterOf, pageOf, type Query } from './paging.ts';
import { type AutorespConfig, autorespJson, iso, type MessagingProfile } from './resources.ts';

interface Params {
  profile: string;
  id: string;
}

/** Who is blocked, and each profile's own words and answers. */
export function optOutRoutes(app: FastifyInstance, context: Context): void {
  const { handsets, profiles, autoresponses, clock, db } = context;
  const base = '/messaging_profiles/:profile/autoresp_configs';

  app.get('/messaging_optouts', async (request) => {
    const query = request.query as Query;
    const bound = (name: string) => {
      const text = query[`created_at[${name}]`];
      return text === undefined ? undefined : Date.parse(String(text));
    };
    const since = bound('gte');
    const until = bound('lte');
    const profile = filterOf(query, 'messaging_profile_id');
    const from = filterOf(query, 'from');
    const to = filterOf(query, 'to');
    const all = handsets
      .optOutsOf((request.account as Account).sid)
      .filter(
        (one) => (!profile || one.scope === profile) && (!from || one.number === from) && (!to || one.address === to),
      )
      .filter(({ at }) => (since === undefined || at >= since) && (until === undefined || at <= until));
    request.what = `${all.length} opt-outs listed`;
    return pageOf(all, query, (one) => ({
      from: one.number,
      to: one.address,
      messaging_profile_id: one.scope,
      keyword: one.keyword,
      created_at: iso(one.at),
    }));
  });

  app.get<{ Params: Params }>(base, async (request) => {
    const profile = findProfile(request);
    const country = (request.query as Query).country_code;
    const all = autoresponses
      .allOf(profile.accountSid)
      .filter((one) => one.profileId === profile.sid && (!country || one.country_code === country));
    return pageOf(all, request.query, autorespJson);
  });

  app.post<{ Params: Params }>(base, async (request) => {
    const profile = findProfile(request);
    const now = clock.now();
    const made = autoresponses.save({
      ...read(request),
      sid: randomUUID(),
      accountSid: profile.accountSid,
      profileId: profile.sid,
      createdAt: now,
      updatedAt: now,
    });
    await db.committed();
    request.what = `Auto-response for ${made.keywords.join(', ')} made`;
    return { data: autorespJson(made) };
  });

  app.get<{ Params: Params }>(`${base}/:id`, async (request) => ({ data: autorespJson(find(request)) }));

  app.put<{ Params: Params }>(`${base}/:id`, async (request) => {
    const changed = autoresponses.save({ ...find(request), ...read(request), updatedAt: clock.now() });
    await db.committed();
    return { data: autorespJson(changed) };
  });

  app.delete<{ Params: Params }>(`${base}/:id`, async (request) => {
    const config = find(request);
    autoresponses.remove(config.sid);
    await db.committed();
    return { data: autorespJson(config) };
  });

  function findProfile(request: FastifyRequest<{ Params: Params }>): MessagingProfile {
    const profile = profiles.of((request.account as Account).sid, request.params.profile);
    if (!profile) throw new TelnyxError(10005);
    return profile;
  }

  function find(request: FastifyRequest<{ Params: Params }>): AutorespConfig {
    const config = autoresponses.of((request.account as Account).sid, request.params.id);
    if (config?.profileId !== findProfile(request).sid) throw new TelnyxError(10005);
    return config as AutorespConfig;
  }
}

function read(request: FastifyRequest) {
  const body = new Body(request.body);
  body.needed('op');
  const keywords = body.list('keywords');
  if (!keywords) throw new TelnyxError(10004, "The 'keywords' parameter is required.", '/keywords');
  return {
    op: body.one('op', ['start', 'stop', 'info']) ?? ('info' as const),
    keywords,
    country_code: body.needed('country_code'),
    resp_text: body.text('resp_text') ?? '',
  };
}

import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { availableNumbers } from '../available-numbers.ts';
import type { Context } from '../context.ts';
import { formatNumber, isTollFree, placeOf, toE164 } from '../phone-numbers.ts';
import type { Account, NumberSettings, OwnedNumber } from '../store/accounts.ts';
import { Body } from './body.ts';
import { TelnyxError } from './errors.ts';
import { filterOf, pageOf } from './paging.ts';
import { type NumberOrder, numberJson, numberMessagingJson, orderJson } from './resources.ts';

interface Params {
  id: string;
}

/** An account's numbers and their messaging settings; numbers for sale, and orders of them. */
export function numberRoutes(app: FastifyInstance, context: Context): void {
  const { accounts, profiles, orders, clock, db, events } = context;

  app.get('/phone_numbers', async (request) => {
    const wanted = filterOf(request.query, 'phone_number')?.replace(/[^\d]/g, '');
    const profile = filterOf(request.query, 'messaging_profile_id');
    const tag = filterOf(request.query, 'tag');
    const all = owned(request)
      .filter(({ e164 }) => !wanted || e164.includes(wanted))
      .filter((one) => (!profile || one.messagingProfileId === profile) && (!tag || one.tags.includes(tag)));
    request.what = `${all.length} numbers listed`;
    return pageOf(all, request.query, json);
  });

  app.get('/phone_numbers/messaging', async (request) => pageOf(owned(request), request.query, numberMessagingJson));

  app.get<{ Params: Params }>('/phone_numbers/:id', async (request) => ({ data: json(find(request)) }));

  app.patch<{ Params: Params }>('/phone_numbers/:id', async (request) => {
    const body = new Body(request.body);
    const tags = body.list('tags');
    const customerReference = body.text('customer_reference');
    return { data: json(await change(request, { tags, customerReference })) };
  });

  app.delete<{ Params: Params }>('/phone_numbers/:id', async (request) => {
    const number = find(request);
    accounts.removeNumber(number);
    await db.committed();
    events.emit('changed', 'accounts');
    request.what = `${formatNumber(number.e164)} released`;
    return { data: { ...json(number), status: 'deleted' } };
  });

  app.get<{ Params: Params }>('/phone_numbers/:id/messaging', async (request) => ({
    data: numberMessagingJson(find(request)),
  }));

  app.patch<{ Params: Params }>('/phone_numbers/:id/messaging', async (request) => {
    const body = new Body(request.body);
    const settings: Partial<NumberSettings> = { tags: body.list('tags') };
    if (body.raw.messaging_profile_id !== undefined) {
      // "" and null take the number out of its profile.
      const wanted = body.text('messaging_profile_id') || null;
      if (wanted && !profiles.of((request.account as Account).sid, wanted)) {
        throw new TelnyxError(10015, `The messaging profile ${wanted} does not exist.`, '/messaging_profile_id');
      }
      settings.messagingProfileId = wanted;
    }
    return { data: numberMessagingJson(await change(request, settings)) };
  });

  app.get('/available_phone_numbers', async (request) => {
    const { query } = request;
    const found = availableNumbers({
      areaCode: filterOf(query, 'national_destination_code'),
      contains: filterOf(query, 'phone_number][contains') ?? filterOf(query, 'phone_number[contains]'),
      tollFree: filterOf(query, 'phone_number_type') === 'toll_free',
      taken: (e164) => accounts.number(e164) !== undefined,
      limit: Number(filterOf(query, 'limit') ?? 20) || 20,
    });
    request.what = `${found.length} numbers for sale`;
    return { data: found.map(availableJson), meta: { total_results: found.length, best_effort_results: 0 } };
  });

  app.get('/number_orders', async (request) =>
    pageOf(orders.allOf((request.account as Account).sid), request.query, orderJson),
  );

  app.get<{ Params: Params }>('/number_orders/:id', async (request) => {
    const order = orders.of((request.account as Account).sid, request.params.id);
    if (!order) throw new TelnyxError(10005);
    return { data: orderJson(order) };
  });

  app.post('/number_orders', async (request) => {
    const accountSid = (request.account as Account).sid;
    const body = new Body(request.body);
    const profileId = body.text('messaging_profile_id') ?? '';
    if (profileId && !profiles.of(accountSid, profileId)) {
      throw new TelnyxError(10015, `The messaging profile ${profileId} does not exist.`, '/messaging_profile_id');
    }
    const wanted = readOrder(body);
    const now = clock.now();
    const order: NumberOrder = {
      sid: randomUUID(),
      accountSid,
      numbers: wanted.map((e164) => {
        accounts.addNumber(accountSid, e164, { messagingProfileId: profileId || null }, now);
        return { id: randomUUID(), e164 };
      }),
      profileId,
      connectionId: body.text('connection_id') ?? '',
      customerReference: body.text('customer_reference') ?? '',
      createdAt: now,
    };
    orders.save(order);
    await db.committed();
    events.emit('changed', 'accounts');
    request.what = `${wanted.map(formatNumber).join(', ')} bought`;
    return { data: orderJson(order) };
  });

  function readOrder(body: Body): string[] {
    const list = body.raw.phone_numbers;
    if (!Array.isArray(list) || list.length === 0) {
      throw new TelnyxError(10004, "The 'phone_numbers' parameter is required.", '/phone_numbers');
    }
    return list.map((item: { phone_number?: unknown } | null) => {
      const e164 = typeof item?.phone_number === 'string' ? toE164(item.phone_number) : null;
      if (!e164) throw new TelnyxError(10002, undefined, '/phone_numbers');
      if (accounts.number(e164)) throw new TelnyxError(10015, `${e164} is not available.`, '/phone_numbers');
      return e164;
    });
  }

  function owned(request: FastifyRequest): OwnedNumber[] {
    return accounts.numbersOf((request.account as Account).sid);
  }

  /** By id, or by the number itself. */
  function find(request: FastifyRequest<{ Params: Params }>): OwnedNumber {
    const { id } = request.params;
    const number = owned(request).find((one) => one.sid === id || one.e164 === id);
    if (!number) throw new TelnyxError(10005);
    return number;
  }

  async function change(
    request: FastifyRequest<{ Params: Params }>,
    settings: Partial<NumberSettings>,
  ): Promise<OwnedNumber> {
    const changed = accounts.updateNumber(find(request), settings, clock.now());
    await db.committed();
    events.emit('changed', 'accounts');
    request.what = `${formatNumber(changed.e164)} configured`;
    return changed;
  }

  function json(number: OwnedNumber) {
    return numberJson(number, number.messagingProfileId ? profiles.get(number.messagingProfileId) : undefined);
  }
}

function availableJson(e164: string) {
  const { city, state } = placeOf(e164);
  const region_information = [
    { region_type: 'country_code', region_name: 'US' },
    ...(state ? [{ region_type: 'state', region_name: state }] : []),
    ...(city ? [{ region_type: 'rate_center', region_name: city }] : []),
  ];
  return {
    record_type: 'available_phone_number',
    phone_number: e164,
    vanity_format: '',
    best_effort: false,
    quickship: true,
    reservable: true,
    region_information,
    cost_information: { upfront_cost: '1.00', monthly_cost: isTollFree(e164) ? '2.00' : '1.00', currency: 'USD' },
    features: [{ name: 'sms' }, { name: 'mms' }, { name: 'voice' }],
  };
}

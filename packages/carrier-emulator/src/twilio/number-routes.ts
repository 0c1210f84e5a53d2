import type { FastifyInstance, FastifyRequest } from 'fastify';
import { availableNumbers } from '../available-numbers.ts';
import type { Context } from '../context.ts';
import { formatNumber, isTollFree, placeOf, toE164 } from '../phone-numbers.ts';
import type { Account, NumberSettings, OwnedNumber } from '../store/accounts.ts';
import { notFound, TwilioError } from './errors.ts';
import { Form } from './form.ts';
import { listPage, pageJson, readPage } from './paging.ts';
import { accountPath, availableJson, numberJson } from './resources.ts';
import { given, SettingsForm } from './settings.ts';

interface NumberParams {
  account: string;
  sid: string;
  country: string;
  type: string;
}

const KINDS: Record<string, (e164: string) => boolean> = {
  '.json': () => true,
  '/Local.json': (e164) => !isTollFree(e164),
  '/TollFree.json': isTollFree,
  '/Mobile.json': () => false,
};

/** IncomingPhoneNumbers (an account's own) and AvailablePhoneNumbers (what it can buy). */
export function numberRoutes(app: FastifyInstance, context: Context): void {
  const { accounts, clock, db, events } = context;
  const base = '/Accounts/:account/IncomingPhoneNumbers';

  for (const [suffix, isKind] of Object.entries(KINDS)) {
    app.get(base + suffix, async (request) => {
      const account = request.account as Account;
      const query = new Form(request.query);
      const page = readPage(query);
      // Twilio matches a part of the number, with * for any digit.
      const wanted = query
        .text('PhoneNumber')
        ?.replace(/[^\d*]/g, '')
        .replaceAll('*', '\\d');
      const name = query.text('FriendlyName');
      const origin = query.text('Origin');
      const all = accounts
        .numbersOf(account.sid)
        .filter((number) => isKind(number.e164) && (!wanted || new RegExp(wanted).test(number.e164)))
        .filter((number) => (!name || number.friendlyName === name) && (!origin || origin === 'twilio'))
        .filter(() => query.text('Beta') !== 'true');
      const { shown, last } = listPage(all, page);
      request.what = `${shown.length} number${shown.length === 1 ? '' : 's'} listed`;
      const path = `${accountPath(account.sid)}/IncomingPhoneNumbers${suffix}`;
      return pageJson('incoming_phone_numbers', path, query, page, shown.map(numberJson), last);
    });

    app.post(base + suffix, async (request, reply) => {
      const number = accounts.addNumber(
        (request.account as Account).sid,
        numberToBuy(request),
        readSettings(new Form(request.body)),
        clock.now(),
      );
      await db.committed();
      request.what = `${formatNumber(number.e164)} bought`;
      events.emit('changed', 'accounts');
      return reply.code(201).send(numberJson(number));
    });
  }

  app.get<{ Params: NumberParams }>(`${base}/:sid`, async (request) => {
    const number = find(request);
    request.what = formatNumber(number.e164);
    return numberJson(number);
  });

  app.post<{ Params: NumberParams }>(`${base}/:sid`, async (request) => {
    const number = accounts.updateNumber(find(request), readSettings(new Form(request.body)), clock.now());
    await db.committed();
    request.what = `${formatNumber(number.e164)} configured`;
    events.emit('changed', 'accounts');
    return numberJson(number);
  });

  app.delete<{ Params: NumberParams }>(`${base}/:sid`, async (request, reply) => {
    const number = find(request);
    accounts.removeNumber(number);
    await db.committed();
    request.what = `${formatNumber(number.e164)} released`;
    events.emit('changed', 'accounts');
    return reply.code(204).send();
  });

  app.get<{ Params: NumberParams }>('/Accounts/:account/AvailablePhoneNumbers/:country/:type', async (request) => {
    const { country, type } = request.params;
    const tollFree = type === 'TollFree.json';
    if (country !== 'US' || (!tollFree && type !== 'Local.json')) throw notFound(request);
    const query = new Form(request.query);
    const found = availableNumbers({
      areaCode: query.text('AreaCode'),
      contains: query.text('Contains'),
      tollFree,
      taken: (e164) => accounts.number(e164) !== undefined,
      limit: readPage(query).size,
    });
    request.what = `${found.length} numbers for sale`;
    const path = `${accountPath((request.account as Account).sid)}/AvailablePhoneNumbers/US/${type}`;
    return { uri: path, available_phone_numbers: found.map((e164) => availableJson(e164, placeOf(e164))) };
  });

  function find(request: FastifyRequest<{ Params: NumberParams }>): OwnedNumber {
    const owned = accounts.numbersOf((request.account as Account).sid);
    const number = owned.find((one) => `${one.sid}.json` === request.params.sid);
    if (!number) throw notFound(request);
    return number;
  }

  /** PhoneNumber, or any of AreaCode. */
  function numberToBuy(request: FastifyRequest): string {
    const form = new Form(request.body);
    const taken = (e164: string) => accounts.number(e164) !== undefined;
    const wanted = form.text('PhoneNumber');
    if (wanted) {
      const e164 = toE164(wanted);
      if (!e164) throw new TwilioError(21421);
      if (taken(e164)) throw new TwilioError(21422);
      return e164;
    }
    const areaCode = form.text('AreaCode');
    if (!areaCode) throw new TwilioError(20001, 'PhoneNumber or AreaCode is needed');
    const [first] = availableNumbers({ areaCode, tollFree: false, taken, limit: 1 });
    if (!first) throw new TwilioError(21452);
    return first;
  }

  function readSettings(raw: Form): Partial<NumberSettings> {
    const form = new SettingsForm(raw);
    return given({
      friendlyName: form.text('FriendlyName'),
      smsUrl: form.url('SmsUrl'),
      smsMethod: form.method('SmsMethod'),
      smsFallbackUrl: form.url('SmsFallbackUrl'),
      smsFallbackMethod: form.method('SmsFallbackMethod'),
      smsApplicationSid: form.text('SmsApplicationSid'),
      statusCallback: form.url('StatusCallback'),
      statusCallbackMethod: form.method('StatusCallbackMethod'),
      voiceUrl: form.url('VoiceUrl'),
      voiceMethod: form.method('VoiceMethod'),
      voiceFallbackUrl: form.url('VoiceFallbackUrl'),
      voiceFallbackMethod: form.method('VoiceFallbackMethod'),
    });
  }
}

import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Context } from '../context.ts';
import { formatNumber } from '../phone-numbers.ts';
import type { Account, NumberSettings, OwnedNumber } from '../store/accounts.ts';
import { TwilioError } from './errors.ts';
import { Form } from './form.ts';
import { pageJson, readPage } from './paging.ts';
import { notFound } from './request-context.ts';
import { accountPath, numberJson } from './resources.ts';

interface NumberParams {
  account: string;
  sid: string;
}

const URLS = {
  SmsUrl: 'smsUrl',
  SmsFallbackUrl: 'smsFallbackUrl',
  StatusCallback: 'statusCallback',
  VoiceUrl: 'voiceUrl',
  VoiceFallbackUrl: 'voiceFallbackUrl',
} as const satisfies Record<string, keyof NumberSettings>;

const METHODS = {
  SmsMethod: 'smsMethod',
  SmsFallbackMethod: 'smsFallbackMethod',
  StatusCallbackMethod: 'statusCallbackMethod',
  VoiceMethod: 'voiceMethod',
  VoiceFallbackMethod: 'voiceFallbackMethod',
} as const satisfies Record<string, keyof NumberSettings>;

export function numberRoutes(app: FastifyInstance, context: Context): void {
  const { accounts, clock, db, events } = context;

  app.get('/Accounts/:account/IncomingPhoneNumbers.json', async (request) => {
    const account = request.account as Account;
    const query = new Form(request.query);
    const page = readPage(query);
    // Twilio matches a part of the number, with * for any digit.
    const wanted = query
      .text('PhoneNumber')
      ?.replace(/[^\d*]/g, '')
      .replaceAll('*', '\\d');
    const name = query.text('FriendlyName');
    const all = accounts
      .numbersOf(account.sid)
      .filter((number) => !wanted || new RegExp(wanted).test(number.e164))
      .filter((number) => !name || number.friendlyName === name);
    const from = page.after ? all.findIndex((number) => number.sid === page.after) + 1 : 0;
    const shown = all.slice(from, from + page.size);
    const last = from + page.size < all.length ? (shown.at(-1)?.sid ?? null) : null;
    request.what = `${shown.length} number${shown.length === 1 ? '' : 's'} listed`;
    const path = `${accountPath(account.sid)}/IncomingPhoneNumbers.json`;
    return pageJson('incoming_phone_numbers', path, query, page, shown.map(numberJson), last);
  });

  app.get<{ Params: NumberParams }>('/Accounts/:account/IncomingPhoneNumbers/:sid', async (request) => {
    const number = find(request);
    request.what = formatNumber(number.e164);
    return numberJson(number);
  });

  app.post<{ Params: NumberParams }>('/Accounts/:account/IncomingPhoneNumbers/:sid', async (request) => {
    const number = accounts.updateNumber(find(request), readSettings(new Form(request.body)), clock.now());
    await db.committed();
    request.what = `${formatNumber(number.e164)} configured`;
    events.emit('changed', 'accounts');
    return numberJson(number);
  });

  function find(request: FastifyRequest<{ Params: NumberParams }>): OwnedNumber {
    const owned = accounts.numbersOf((request.account as Account).sid);
    const number = owned.find((one) => `${one.sid}.json` === request.params.sid);
    if (!number) throw notFound(request);
    return number;
  }
}

function readSettings(form: Form): Partial<NumberSettings> {
  const settings: Partial<NumberSettings> = {};
  const name = form.text('FriendlyName');
  if (name !== undefined) settings.friendlyName = name.slice(0, 64);
  for (const [parameter, key] of Object.entries(URLS)) {
    const url = form.text(parameter);
    if (url === undefined) continue;
    const parsed = URL.parse(url);
    if (url !== '' && parsed?.protocol !== 'http:' && parsed?.protocol !== 'https:') {
      throw new TwilioError(21502, `${parameter} is not a valid URL: ${url}`);
    }
    settings[key] = url;
  }
  for (const [parameter, key] of Object.entries(METHODS)) {
    const method = form.text(parameter)?.toUpperCase();
    if (method === undefined) continue;
    if (method !== 'GET' && method !== 'POST') throw new TwilioError(20001, `${parameter} must be GET or POST`);
    settings[key] = method;
  }
  return settings;
}

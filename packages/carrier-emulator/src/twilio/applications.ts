import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Context } from '../context.ts';
import { newSid } from '../sids.ts';
import type { Account } from '../store/accounts.ts';
import { notFound } from './errors.ts';
import { Form } from './form.ts';
import { listPage, pageJson, readPage } from './paging.ts';
import { API_VERSION, accountPath, rfc2822 } from './resources.ts';
import { given, SettingsForm } from './settings.ts';

/** A set of webhook addresses that numbers and sends can share. */
export interface Application {
  sid: string;
  accountSid: string;
  friendlyName: string;
  smsUrl: string;
  smsMethod: 'GET' | 'POST';
  smsFallbackUrl: string;
  smsFallbackMethod: 'GET' | 'POST';
  smsStatusCallback: string;
  messageStatusCallback: string;
  voiceUrl: string;
  voiceMethod: 'GET' | 'POST';
  voiceFallbackUrl: string;
  voiceFallbackMethod: 'GET' | 'POST';
  statusCallback: string;
  statusCallbackMethod: 'GET' | 'POST';
  voiceCallerIdLookup: boolean;
  createdAt: number;
  updatedAt: number;
}

interface Params {
  account: string;
  sid: string;
}

/** Applications: create, list by FriendlyName, fetch, update, delete. */
export function applicationRoutes(app: FastifyInstance, context: Context): void {
  const { applications, clock, db } = context;
  const list = '/Accounts/:account/Applications.json';
  const one = '/Accounts/:account/Applications/:sid';

  app.post(list, async (request, reply) => {
    const account = request.account as Account;
    const now = clock.now();
    const made = applications.save({
      friendlyName: '',
      smsUrl: '',
      smsMethod: 'POST',
      smsFallbackUrl: '',
      smsFallbackMethod: 'POST',
      smsStatusCallback: '',
      messageStatusCallback: '',
      voiceUrl: '',
      voiceMethod: 'POST',
      voiceFallbackUrl: '',
      voiceFallbackMethod: 'POST',
      statusCallback: '',
      statusCallbackMethod: 'POST',
      voiceCallerIdLookup: false,
      ...read(request),
      sid: newSid('AP'),
      accountSid: account.sid,
      createdAt: now,
      updatedAt: now,
    });
    await db.committed();
    request.what = `Application ${made.friendlyName || made.sid} made`;
    return reply.code(201).send(applicationJson(made));
  });

  app.get(list, async (request) => {
    const account = request.account as Account;
    const query = new Form(request.query);
    const name = query.text('FriendlyName');
    const page = readPage(query);
    const all = applications.allOf(account.sid).filter((each) => !name || each.friendlyName === name);
    const { shown, last } = listPage(all, page);
    request.what = `${shown.length} applications listed`;
    const path = `${accountPath(account.sid)}/Applications.json`;
    return pageJson('applications', path, query, page, shown.map(applicationJson), last);
  });

  app.get<{ Params: Params }>(one, async (request) => applicationJson(find(request)));

  app.post<{ Params: Params }>(one, async (request) => {
    const changed = applications.save({ ...find(request), ...read(request), updatedAt: clock.now() });
    await db.committed();
    request.what = `Application ${changed.friendlyName || changed.sid} changed`;
    return applicationJson(changed);
  });

  app.delete<{ Params: Params }>(one, async (request, reply) => {
    applications.remove(find(request).sid);
    await db.committed();
    request.what = 'Application deleted';
    return reply.code(204).send();
  });

  function find(request: FastifyRequest<{ Params: Params }>): Application {
    const found = applications.of((request.account as Account).sid, request.params.sid.replace(/\.json$/, ''));
    if (!found) throw notFound(request);
    return found;
  }
}

function read(request: FastifyRequest) {
  const form = new SettingsForm(new Form(request.body));
  return given({
    friendlyName: form.text('FriendlyName'),
    smsUrl: form.url('SmsUrl'),
    smsMethod: form.method('SmsMethod'),
    smsFallbackUrl: form.url('SmsFallbackUrl'),
    smsFallbackMethod: form.method('SmsFallbackMethod'),
    smsStatusCallback: form.url('SmsStatusCallback'),
    messageStatusCallback: form.url('MessageStatusCallback'),
    voiceUrl: form.url('VoiceUrl'),
    voiceMethod: form.method('VoiceMethod'),
    voiceFallbackUrl: form.url('VoiceFallbackUrl'),
    voiceFallbackMethod: form.method('VoiceFallbackMethod'),
    statusCallback: form.url('StatusCallback'),
    statusCallbackMethod: form.method('StatusCallbackMethod'),
    voiceCallerIdLookup: form.flag('VoiceCallerIdLookup'),
  });
}

function applicationJson(a: Application) {
  return {
    account_sid: a.accountSid,
    api_version: API_VERSION,
    date_created: rfc2822(a.createdAt),
    date_updated: rfc2822(a.updatedAt),
    friendly_name: a.friendlyName,
    message_status_callback: a.messageStatusCallback,
    public_application_connect_enabled: false,
    sid: a.sid,
    sms_fallback_method: a.smsFallbackMethod,
    sms_fallback_url: a.smsFallbackUrl,
    sms_method: a.smsMethod,
    sms_status_callback: a.smsStatusCallback,
    sms_url: a.smsUrl,
    status_callback: a.statusCallback,
    status_callback_method: a.statusCallbackMethod,
    uri: `${accountPath(a.accountSid)}/Applications/${a.sid}.json`,
    voice_caller_id_lookup: a.voiceCallerIdLookup,
    voice_fallback_method: a.voiceFallbackMethod,
    voice_fallback_url: a.voiceFallbackUrl,
    voice_method: a.voiceMethod,
    voice_url: a.voiceUrl,
  };
}

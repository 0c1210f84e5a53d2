import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Context } from '../context.ts';
import { newSid } from '../sids.ts';
import { type Account, type MessagingService, type OwnedNumber, SERVICE_DEFAULTS } from '../store/accounts.ts';
import { notFound, TwilioError } from './errors.ts';
import { Form } from './form.ts';
import { listPage, metaPageJson, readPage } from './paging.ts';
import { given, SettingsForm } from './settings.ts';

interface Params {
  service: string;
  number: string;
}

/** Messaging Services and their senders, at Twilio under messaging.twilio.com/v1. Dates are ISO 8601 there. */
export function serviceRoutes(app: FastifyInstance, context: Context): void {
  const { accounts, clock, db, events } = context;
  const { services } = accounts;

  app.post('/Services', async (request, reply) => {
    const now = clock.now();
    const settings = read(request);
    if (!settings.friendlyName) throw new TwilioError(20001, 'FriendlyName is needed');
    const sid = newSid('MG');
    const accountSid = (request.account as Account).sid;
    const made = { ...SERVICE_DEFAULTS, ...settings, sid, accountSid, createdAt: now, updatedAt: now };
    services.save(made);
    await db.committed();
    request.what = `Messaging Service ${made.friendlyName} made`;
    events.emit('changed', 'accounts');
    return reply.code(201).send(serviceJson(made));
  });

  app.get('/Services', async (request) => {
    const query = new Form(request.query);
    const page = readPage(query);
    const { shown, last } = listPage(services.allOf((request.account as Account).sid), page);
    request.what = `${shown.length} Messaging Services listed`;
    return metaPageJson('services', `${context.url()}/v1/Services`, page, shown.map(serviceJson), last);
  });

  app.get<{ Params: Params }>('/Services/:service', async (request) => serviceJson(find(request)));

  app.post<{ Params: Params }>('/Services/:service', async (request) => {
    const changed = services.save({ ...find(request), ...read(request), updatedAt: clock.now() });
    await db.committed();
    request.what = `Messaging Service ${changed.friendlyName} changed`;
    events.emit('changed', 'accounts');
    return serviceJson(changed);
  });

  app.delete<{ Params: Params }>('/Services/:service', async (request, reply) => {
    services.remove(find(request).sid);
    await db.committed();
    request.what = 'Messaging Service deleted';
    events.emit('changed', 'accounts');
    return reply.code(204).send();
  });

  app.post<{ Params: Params }>('/Services/:service/PhoneNumbers', async (request, reply) => {
    const service = find(request);
    const sid = new Form(request.body).text('PhoneNumberSid');
    const number = accounts.numbersOf(service.accountSid).find((one) => one.sid === sid);
    if (!number) throw notFound(request);
    const owner = accounts.serviceOfNumber(number.e164);
    if (owner) throw new TwilioError(owner.sid === service.sid ? 21710 : 21712);
    services.save({ ...service, numbers: [...service.numbers, number.e164], updatedAt: clock.now() });
    await db.committed();
    request.what = `${number.e164} added to ${service.friendlyName}`;
    events.emit('changed', 'accounts');
    return reply.code(201).send(senderJson(service, number));
  });

  app.get<{ Params: Params }>('/Services/:service/PhoneNumbers', async (request) => {
    const service = find(request);
    const query = new Form(request.query);
    const page = readPage(query);
    const { shown, last } = listPage(sendersOf(service), page);
    request.what = `${shown.length} senders listed`;
    const url = `${context.url()}/v1/Services/${service.sid}/PhoneNumbers`;
    const items = shown.map((number) => senderJson(service, number));
    return metaPageJson('phone_numbers', url, page, items, last);
  });

  app.get<{ Params: Params }>('/Services/:service/PhoneNumbers/:number', async (request) => {
    const service = find(request);
    return senderJson(service, sender(request, service));
  });

  app.delete<{ Params: Params }>('/Services/:service/PhoneNumbers/:number', async (request, reply) => {
    const service = find(request);
    const { e164 } = sender(request, service);
    const numbers = service.numbers.filter((one) => one !== e164);
    services.save({ ...service, numbers, updatedAt: clock.now() });
    await db.committed();
    request.what = `${e164} taken out of ${service.friendlyName}`;
    events.emit('changed', 'accounts');
    return reply.code(204).send();
  });

  function find(request: FastifyRequest<{ Params: Params }>): MessagingService {
    const service = services.of((request.account as Account).sid, request.params.service);
    if (!service) throw notFound(request);
    return service;
  }

  function sendersOf(service: MessagingService): OwnedNumber[] {
    return service.numbers.map((e164) => accounts.number(e164)).filter((number) => number !== undefined);
  }

  function sender(request: FastifyRequest<{ Params: Params }>, service: MessagingService): OwnedNumber {
    const number = sendersOf(service).find((one) => one.sid === request.params.number);
    if (!number) throw notFound(request);
    return number;
  }

  function serviceJson(s: MessagingService) {
    const url = `${context.url()}/v1/Services/${s.sid}`;
    return {
      sid: s.sid,
      account_sid: s.accountSid,
      friendly_name: s.friendlyName,
      date_created: iso(s.createdAt),
      date_updated: iso(s.updatedAt),
      inbound_request_url: s.inboundUrl || null,
      inbound_method: s.inboundMethod,
      fallback_url: s.fallbackUrl || null,
      fallback_method: s.fallbackMethod,
      status_callback: s.statusCallback || null,
      sticky_sender: s.stickySender,
      mms_converter: true,
      smart_encoding: true,
      scan_message_content: 'inherit',
      fallback_to_long_code: true,
      area_code_geomatch: s.areaCodeGeomatch,
      synchronous_validation: false,
      validity_period: s.validityPeriod,
      url,
      links: {
        phone_numbers: `${url}/PhoneNumbers`,
        short_codes: `${url}/ShortCodes`,
        alpha_senders: `${url}/AlphaSenders`,
        messages: `${context.url()}/2010-04-01/Accounts/${s.accountSid}/Messages`,
      },
      usecase: s.usecase,
      us_app_to_person_registered: false,
      use_inbound_webhook_on_number: s.useInboundWebhookOnNumber,
    };
  }

  function senderJson(service: MessagingService, number: OwnedNumber) {
    return {
      sid: number.sid,
      account_sid: number.accountSid,
      service_sid: service.sid,
      date_created: iso(number.createdAt),
      date_updated: iso(number.updatedAt),
      phone_number: number.e164,
      country_code: 'US',
      capabilities: ['SMS', 'MMS', 'Voice'],
      url: `${context.url()}/v1/Services/${service.sid}/PhoneNumbers/${number.sid}`,
    };
  }
}

function read(request: FastifyRequest): Partial<MessagingService> {
  const form = new SettingsForm(new Form(request.body));
  return given({
    friendlyName: form.text('FriendlyName'),
    inboundUrl: form.url('InboundRequestUrl'),
    inboundMethod: form.method('InboundMethod'),
    fallbackUrl: form.url('FallbackUrl'),
    fallbackMethod: form.method('FallbackMethod'),
    statusCallback: form.url('StatusCallback'),
    stickySender: form.flag('StickySender'),
    areaCodeGeomatch: form.flag('AreaCodeGeomatch'),
    validityPeriod: form.whole('ValidityPeriod', 1, 36_000),
    usecase: form.text('Usecase'),
    useInboundWebhookOnNumber: form.flag('UseInboundWebhookOnNumber'),
  });
}

/** "2026-11-21T00:46:05Z" */
function iso(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d{3}Z$/, 'Z');
}

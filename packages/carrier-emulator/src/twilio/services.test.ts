import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../testing/eventually.ts';
import { deviations, loadSpec } from '../testing/openapi.ts';
import { ACCOUNT_SID, AUTH_TOKEN, NUMBER, PERSON, type Rig, startRig } from '../testing/rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await startRig();
});
afterEach(() => rig.stop());

const spec = loadSpec();
const OTHER = '+13035550111';
const service = `MG${'2'.repeat(32)}`;

const setAccount = (more: Record<string, unknown>) =>
  rig.control('PUT', `/accounts/${ACCOUNT_SID}`, { authToken: AUTH_TOKEN, ...more });
const inbound = (count: number) => rig.app.wait(count, ({ params }) => params.SmsStatus === 'received');

describe('Messaging Services', () => {
  it('are made, listed page by page, changed and deleted by the official client', async () => {
    const made = await rig.client.messaging.v1.services.create({
      friendlyName: 'Reminders',
      inboundRequestUrl: `${rig.app.url}/service`,
      statusCallback: `${rig.app.url}/status`,
      validityPeriod: 600,
    });
    expect(made.sid).toMatch(/^MG[0-9a-f]{32}$/);
    expect(made).toMatchObject({ stickySender: true, useInboundWebhookOnNumber: false, validityPeriod: 600 });
    expect(made.dateCreated).toBeInstanceOf(Date);
    for (const name of ['b', 'c']) await rig.client.messaging.v1.services.create({ friendlyName: name });
    const listed = await rig.client.messaging.v1.services.list({ pageSize: 2 });
    expect(listed.map(({ friendlyName }) => friendlyName)).toEqual(['Reminders', 'b', 'c']);
    const context = rig.client.messaging.v1.services(made.sid);
    expect((await context.update({ stickySender: false })).stickySender).toBe(false);
    expect((await context.fetch()).friendlyName).toBe('Reminders');
    await context.remove();
    await expect(context.fetch()).rejects.toMatchObject({ status: 404, code: 20404 });
  });

  it('a number is in one service only, and texts to it go to the service’s URL', async () => {
    const made = await rig.client.messaging.v1.services.create({
      friendlyName: 'Reminders',
      inboundRequestUrl: `${rig.app.url}/service`,
    });
    const [number] = await rig.client.incomingPhoneNumbers.list();
    const senders = rig.client.messaging.v1.services(made.sid).phoneNumbers;
    const added = await senders.create({ phoneNumberSid: number?.sid ?? '' });
    expect(added).toMatchObject({ phoneNumber: NUMBER, serviceSid: made.sid, capabilities: ['SMS', 'MMS', 'Voice'] });
    await expect(senders.create({ phoneNumberSid: number?.sid ?? '' })).rejects.toMatchObject({ code: 21710 });
    await rig.text('Hi');
    const [webhook] = await inbound(1);
    expect(webhook).toMatchObject({
      path: '/service',
      signatureValid: true,
      params: { MessagingServiceSid: made.sid },
    });
    await rig.client.messaging.v1.services(made.sid).update({ useInboundWebhookOnNumber: true });
    await rig.text('Hi');
    expect((await inbound(2))[1]?.path).toBe('/sms');
    expect(await senders.list()).toHaveLength(1);
    await senders(number?.sid ?? '').remove();
    await expect(
      rig.client.messages.create({ messagingServiceSid: made.sid, to: PERSON, body: 'x' }),
    ).rejects.toMatchObject({ code: 21703 });
  });

  it('a person keeps the sender they know; a stranger gets one of their own area', async () => {
    await setAccount({
      numbers: [{ e164: NUMBER }, { e164: OTHER }],
      messagingServices: [{ sid: service, numbers: [NUMBER, OTHER] }],
    });
    const senderFor = async (to: string) => {
      const { sid } = await rig.client.messages.create({ messagingServiceSid: service, to, body: 'x' });
      await eventually(async () => (await rig.client.messages(sid).fetch()).status).toBe('delivered');
      return (await rig.client.messages(sid).fetch()).from;
    };
    expect(await senderFor(PERSON)).toBe(OTHER);
    await rig.client.messages.create({ from: NUMBER, to: PERSON, body: 'x' });
    expect(await senderFor(PERSON)).toBe(NUMBER);
    expect(await senderFor('+15125550101')).toBe(NUMBER);
  });

  it('with Advanced Opt-Out the webhook says which word it was, the service’s own words count, and STOP blocks all senders', async () => {
    await setAccount({
      numbers: [{ e164: NUMBER, smsUrl: `${rig.app.url}/sms` }, { e164: OTHER }],
      messagingServices: [
        {
          sid: service,
          numbers: [NUMBER, OTHER],
          advancedOptOut: { stop: { keywords: ['STOP', 'PARAR'], reply: 'Baja confirmada' } },
        },
      ],
    });
    for (const body of ['parar', 'help', 'hello']) await rig.text(body);
    const webhooks = await inbound(3);
    const types = Object.fromEntries(webhooks.map(({ params }) => [params.Body, params.OptOutType]));
    expect(types).toEqual({ parar: 'STOP', help: 'HELP', hello: undefined });
    await eventually(async () => (await rig.handset()).map(({ body }) => body)).toContain('Baja confirmada');
    await expect(rig.client.messages.create({ from: OTHER, to: PERSON, body: 'x' })).rejects.toMatchObject({
      code: 21610,
    });
    await rig.text('START');
    await inbound(4);
    await rig.client.messages.create({ from: OTHER, to: PERSON, body: 'x' });
  });

  it('toll-free numbers know STOP and UNSTOP only, for themselves', async () => {
    const tollFree = '+18885550120';
    await setAccount({ numbers: [{ e164: tollFree }, { e164: NUMBER }] });
    await rig.text('QUIT', PERSON, tollFree);
    await rig.client.messages.create({ from: tollFree, to: PERSON, body: 'x' });
    await rig.text('STOP', PERSON, tollFree);
    await expect(rig.client.messages.create({ from: tollFree, to: PERSON, body: 'x' })).rejects.toMatchObject({
      code: 21610,
    });
    await rig.client.messages.create({ from: NUMBER, to: PERSON, body: 'x' });
    await rig.text('UNSTOP', PERSON, tollFree);
    await rig.client.messages.create({ from: tollFree, to: PERSON, body: 'x' });
  });
});

describe('applications', () => {
  it('give numbers and sends their webhooks', async () => {
    const made = await rig.client.applications.create({
      friendlyName: 'App',
      smsUrl: `${rig.app.url}/app`,
      messageStatusCallback: `${rig.app.url}/app-status`,
    });
    const raw = await fetch(`${rig.emulator.url}/2010-04-01/Accounts/${ACCOUNT_SID}/Applications/${made.sid}.json`, {
      headers: { authorization: `Basic ${Buffer.from(`${ACCOUNT_SID}:${AUTH_TOKEN}`).toString('base64')}` },
    });
    if (spec) expect(deviations(spec, 'api.v2010.account.application', await raw.json())).toEqual([]);
    expect((await rig.client.applications.list({ friendlyName: 'App' })).map(({ sid }) => sid)).toEqual([made.sid]);
    const [number] = await rig.client.incomingPhoneNumbers.list();
    const updated = await rig.client.incomingPhoneNumbers(number?.sid ?? '').update({ smsApplicationSid: made.sid });
    expect(updated.smsApplicationSid).toBe(made.sid);
    await rig.text('Hi');
    expect((await inbound(1))[0]?.path).toBe('/app');
    await rig.client.messages.create({ from: NUMBER, to: PERSON, body: 'x', applicationSid: made.sid });
    const statuses = await rig.app.wait(2, ({ path }) => path === '/app-status');
    expect(statuses.every(({ signatureValid }) => signatureValid)).toBe(true);
    await rig.client.applications(made.sid).remove();
    await expect(rig.client.applications(made.sid).fetch()).rejects.toMatchObject({ code: 20404 });
  });
});

describe('numbers', () => {
  it('are searched, bought by number or area code, listed by kind and page, and released', async () => {
    const forSale = await rig.client.availablePhoneNumbers('US').local.list({ areaCode: 512, limit: 3 });
    expect(forSale.map(({ phoneNumber }) => phoneNumber)).toEqual(['+15125550100', '+15125550101', '+15125550102']);
    const bought = await rig.client.incomingPhoneNumbers.create({
      phoneNumber: forSale[0]?.phoneNumber,
      smsUrl: `${rig.app.url}/sms`,
    });
    expect(bought.sid).toMatch(/^PN/);
    expect((await rig.client.incomingPhoneNumbers.create({ areaCode: '512' })).phoneNumber).toBe('+15125550101');
    await expect(rig.client.incomingPhoneNumbers.create({ phoneNumber: bought.phoneNumber })).rejects.toMatchObject({
      code: 21422,
    });
    await rig.client.incomingPhoneNumbers.create({ phoneNumber: '+18885550120' });
    const tollFree = await rig.client.incomingPhoneNumbers.tollFree.list();
    expect(tollFree.map(({ phoneNumber }) => phoneNumber)).toEqual(['+18885550120']);
    expect(await rig.client.incomingPhoneNumbers.list({ pageSize: 1 })).toHaveLength(4);
    expect(await rig.client.incomingPhoneNumbers.list({ phoneNumber: '512' })).toHaveLength(2);
    await rig.client.incomingPhoneNumbers(bought.sid).remove();
    await expect(rig.client.incomingPhoneNumbers(bought.sid).fetch()).rejects.toMatchObject({ code: 20404 });
  });
});

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../testing/eventually.ts';
import { FakeApp } from '../testing/fake-app.ts';
import { deviations, loadSpec } from '../testing/openapi.ts';
import { eventOf, PERSON, PROFILE, startTelnyxRig, TELNYX_NUMBER, type TelnyxRig } from '../testing/telnyx-rig.ts';

let rig: TelnyxRig;
beforeEach(async () => {
  rig = await startTelnyxRig();
});
afterEach(() => rig.stop());

const spec = loadSpec('telnyx');
/** Telnyx's samples of texts that came in have no status of the sender. */
const unsaid = ['InboundMessagePayload.from: lacks status'];
const send = async (more: Record<string, unknown> = {}) => {
  const { data } = await rig.client.messages.send({ from: TELNYX_NUMBER, to: PERSON, text: 'Hi', ...more });
  return data?.id ?? '';
};

describe('webhooks', () => {
  it('a text from a person reaches the app, signed as the official client checks it', async () => {
    const text = await rig.text('Héllo 👋');
    const [event] = await rig.events('message.received', 1);
    expect(event?.data).toMatchObject({
      record_type: 'event',
      event_type: 'message.received',
      payload: {
        id: text.sid,
        direction: 'inbound',
        text: 'Héllo 👋',
        from: { phone_number: PERSON },
        to: [{ phone_number: TELNYX_NUMBER, status: 'webhook_delivered' }],
        messaging_profile_id: PROFILE,
      },
    });
    expect(event?.meta).toEqual({ attempt: 1, delivered_to: `${rig.app.url}/telnyx` });
    if (spec && event) expect(deviations(spec, 'InboundMessagePayload', event.data.payload, unsaid)).toEqual([]);
  });

  it('an app hears sent, then finalized with the end, never queued', async () => {
    const id = await send();
    const [finalized] = await rig.events('message.finalized', 1);
    const [sent] = await rig.events('message.sent', 1);
    expect(sent?.data.payload).toMatchObject({ id, to: [{ status: 'sent' }], completed_at: null, valid_until: null });
    expect(finalized?.data.payload).toMatchObject({ id, to: [{ status: 'delivered' }], errors: [] });
    expect(finalized?.data.payload.completed_at).not.toBeNull();
    if (spec && finalized) expect(deviations(spec, 'OutboundMessagePayload', finalized.data.payload)).toEqual([]);
    expect(rig.app.received.map((one) => eventOf(one).data.event_type)).toEqual(['message.sent', 'message.finalized']);
  });

  it.each([
    ['+15005554008', 'delivery_failed', '40008'],
    ['+15005554001', 'sending_failed', '40001'],
    ['+15005554005', 'expired', '40005'],
    ['+15005554999', 'delivery_unconfirmed', undefined],
    ['+15005553003', 'delivery_failed', '40008'],
  ])('a text to %s ends %s with %s', async (to, status, code) => {
    await send({ to });
    const [finalized] = await rig.events('message.finalized', 1);
    expect(finalized?.data.payload.to[0]?.status).toBe(status);
    expect(finalized?.data.payload.errors[0]?.code).toBe(code);
  });

  it('the message’s own address goes before its profile’s, and use_profile_webhooks=false silences the profile', async () => {
    await send({ webhook_url: `${rig.app.url}/own` });
    await rig.app.wait(2);
    expect(rig.app.received.map(({ path }) => path)).toEqual(['/own', '/own']);
    const silent = await send({ use_profile_webhooks: false, to: '+13035550143' });
    await eventually(async () => (await rig.client.messages.retrieve(silent)).data?.to).toMatchObject([
      { status: 'delivered' },
    ]);
    expect(rig.app.received).toHaveLength(2);
  });

  it('is tried three times, with the attempt counted and one id, and no more', async () => {
    rig.app.answer = (_received, response) => response.writeHead(500).end();
    const { sid } = await rig.text('Anybody?');
    await rig.app.wait(3);
    const events = rig.app.received.map(eventOf);
    expect(events.map(({ meta }) => meta.attempt)).toEqual([1, 2, 3]);
    expect(new Set(events.map(({ data }) => data.id)).size).toBe(1);
    await eventually(async () => (await rig.handset())[0]?.webhook).toMatchObject({ state: 'failed', tries: 3 });
    expect(rig.app.received).toHaveLength(3);
    expect((await rig.client.messages.retrieve(sid)).data).toMatchObject({ direction: 'inbound' });
  });

  it('goes to the failover address after that, for three more', async () => {
    const backup = new FakeApp();
    await backup.start();
    try {
      backup.answer = (_received, response) => response.writeHead(backup.received.length < 3 ? 502 : 200).end();
      rig.app.answer = (_received, response) => response.writeHead(404).end();
      await rig.setAccount({
        messagingProfile: { id: PROFILE, webhookUrl: `${rig.app.url}/a`, webhookFailoverUrl: `${backup.url}/b` },
      });
      await rig.text('Hello');
      await backup.wait(3);
      expect(rig.app.received).toHaveLength(3);
      const last = backup.received.at(-1);
      await rig.client.webhooks.unwrap(last?.raw ?? '', { headers: last?.headers as Record<string, string> });
      expect(backup.received.map((one) => eventOf(one).meta)).toEqual(
        [4, 5, 6].map((attempt) => ({ attempt, delivered_to: `${backup.url}/b` })),
      );
      await eventually(async () => (await rig.handset())[0]?.webhook?.state).toBe('taken');
    } finally {
      await backup.stop();
    }
  });

  it('an app that takes longer than allowed is asked again', async () => {
    await rig.stop();
    rig = await startTelnyxRig({ timing: { telnyxMs: 150 } });
    rig.app.answer = (_received, response) => {
      if (rig.app.received.length > 1) response.writeHead(200).end();
    };
    await rig.text('Hello');
    await rig.app.wait(2);
    await eventually(async () => (await rig.handset())[0]?.webhook).toMatchObject({ state: 'taken', tries: 2 });
  });

  it('the log shows what was signed, and when', async () => {
    await rig.text('Hello');
    await eventually(async () => (await rig.requests()).length).toBe(1);
    const [entry] = await rig.requests();
    expect(entry).toMatchObject({ way: 'to-app', signature: 'valid', what: '“Hello”' });
    const headers = rig.app.received[0]?.headers ?? {};
    expect(entry?.signed).toBe(
      `${headers['telnyx-signature-ed25519']}, telnyx-timestamp ${headers['telnyx-timestamp']}`,
    );
  });
});

describe('keywords', () => {
  it('STOP blocks all numbers of the profile, is answered once, and is told to the app', async () => {
    await rig.setAccount({ numbers: [{ e164: TELNYX_NUMBER }, { e164: '+17205550161' }] });
    await rig.text(' stop ');
    await rig.text('STOP ALL');
    const events = await rig.events('message.received', 2);
    expect(events.map(({ data }) => data.payload.autoresponse_type)).toEqual(['STOP', 'STOP']);
    for (const from of [TELNYX_NUMBER, '+17205550161']) {
      await expect(rig.client.messages.send({ from, to: PERSON, text: 'x' })).rejects.toMatchObject({
        status: 400,
        error: {
          errors: [
            {
              code: '40300',
              detail: `Messages cannot be sent from '${from}' to '${PERSON}' due to an existing block rule.`,
            },
          ],
        },
      });
    }
    const replies = async () => (await rig.handset()).filter(({ direction }) => direction !== 'inbound');
    await eventually(async () => (await replies()).length).toBe(1);
    const optOuts = await rig.client.messagingOptouts.list();
    expect(optOuts.data).toMatchObject([
      { from: TELNYX_NUMBER, to: PERSON, keyword: 'STOP', messaging_profile_id: PROFILE },
    ]);
    if (spec) for (const one of optOuts.data ?? []) expect(deviations(spec, 'OptOutItem', one)).toEqual([]);
    await rig.text('Unstop');
    await rig.events('message.received', 3);
    await send();
    await eventually(async () => (await replies()).length).toBe(3);
  });

  it('REVOKE and OPTOUT are no words of Telnyx’s', async () => {
    await rig.text('REVOKE');
    await rig.text('OPTOUT');
    const events = await rig.events('message.received', 2);
    expect(events.map(({ data }) => data.payload.autoresponse_type)).toEqual([undefined, undefined]);
    await send();
  });

  it('a profile’s own words and answers count beside the defaults', async () => {
    const made = await rig.client.messagingProfiles.autorespConfigs.create(PROFILE, {
      op: 'stop',
      keywords: ['ALTO'],
      resp_text: 'No recibirá más mensajes.',
      country_code: 'US',
    });
    if (spec) expect(deviations(spec, 'AutorespConfigSchema', made.data)).toEqual([]);
    await rig.text('alto');
    await eventually(async () => (await rig.handset()).map(({ body }) => body)).toEqual([
      'alto',
      'No recibirá más mensajes.',
    ]);
    await expect(send()).rejects.toMatchObject({ error: { errors: [{ code: '40300' }] } });
    await rig.client.messagingProfiles.autorespConfigs.delete(made.data?.id ?? '', { profile_id: PROFILE });
    expect((await rig.client.messagingProfiles.autorespConfigs.list(PROFILE)).data).toEqual([]);
  });
});

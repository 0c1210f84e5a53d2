import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deviations, loadSpec } from '../testing/openapi.ts';
import { ACCOUNT_SID, AUTH_TOKEN, clientFor, NUMBER, PERSON, type Rig, startRig } from '../testing/rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.stop());

const spec = loadSpec();

async function raw(path: string, form?: Record<string, string> | string, method = form ? 'POST' : 'GET') {
  const response = await fetch(`${rig.emulator.url}/2010-04-01/Accounts/${ACCOUNT_SID}${path}`, {
    method,
    headers: {
      authorization: `Basic ${Buffer.from(`${ACCOUNT_SID}:${AUTH_TOKEN}`).toString('base64')}`,
      ...(form ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
    },
    body: form ? new URLSearchParams(form) : undefined,
  });
  return { status: response.status, body: response.status === 204 ? null : await response.json() };
}

const send = (more: Record<string, string> = {}) =>
  raw('/Messages.json', { To: PERSON, From: NUMBER, Body: 'Hi', ...more });

describe('sending', () => {
  it('the official client reads what a send answers', async () => {
    const message = await rig.client.messages.create({ to: PERSON, from: NUMBER, body: 'Hello €' });
    expect(message.sid).toMatch(/^SM[0-9a-f]{32}$/);
    expect(message.status).toBe('queued');
    expect(message.direction).toBe('outbound-api');
    expect(message.numSegments).toBe('1');
    expect(message.numMedia).toBe('0');
    expect(message.errorCode).toBeNull();
    expect(message.dateSent).toBeNull();
    expect(message.dateCreated).toBeInstanceOf(Date);
    expect(message.to).toBe(PERSON);
    expect(message.from).toBe(NUMBER);
  });

  it('answers 201 with Twilio’s names, types and formats', async () => {
    const { status, body } = await send();
    expect(status).toBe(201);
    expect(body.date_created).toMatch(/^\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} \+0000$/);
    expect(body.uri).toBe(`/2010-04-01/Accounts/${ACCOUNT_SID}/Messages/${body.sid}.json`);
    expect(body.price).toBeNull();
    if (spec) expect(deviations(spec, 'api.v2010.account.message', body)).toEqual([]);
  });

  it('reads numbers written the national way', async () => {
    expect((await send({ To: '(303) 555-0142' })).body.to).toBe(PERSON);
  });

  it.each([
    ['no To', { To: '' }, 400, 21604],
    ['no From', { From: '' }, 400, 21603],
    ['neither body nor media', { Body: '' }, 400, 21619],
    ['1601 characters', { Body: 'a'.repeat(1601) }, 400, 21617],
    ['a To that is no number', { To: '12' }, 400, 21211],
    ['a To that no area has', { To: '+11235550142' }, 400, 21211],
    ['a From that is no number', { From: 'us' }, 400, 21212],
    ['a From of nobody', { From: '+17205559999' }, 400, 21606],
    ['To and From the same', { To: NUMBER }, 400, 21266],
    ['a callback that is no URL', { StatusCallback: 'callback' }, 400, 21609],
    ['a callback with an underscore in its host', { StatusCallback: 'http://my_app.test/' }, 400, 21609],
    ['a picture that is no URL', { MediaUrl: 'picture' }, 400, 21620],
    ['an unknown service', { From: '', MessagingServiceSid: `MG${'0'.repeat(32)}` }, 400, 21705],
    ['a wrong validity', { ValidityPeriod: '0' }, 400, 20001],
    ['magic: invalid', { To: '+15005550001' }, 400, 21211],
    ['magic: not routable', { To: '+15005550002' }, 400, 21612],
    ['magic: region', { To: '+15005550003' }, 400, 21408],
    ['magic: opted out', { To: '+15005550004' }, 400, 21610],
    ['magic: landline', { To: '+15005550009' }, 400, 21614],
    ['magic: sender not owned', { From: '+15005550007' }, 400, 21606],
    ['magic: queue full', { From: '+15005550008' }, 429, 21611],
  ] as const)('refuses %s', async (_what, form, status, code) => {
    const before = (await raw('/Messages.json?PageSize=1')).body.messages[0]?.sid;
    const answer = await send(form);
    expect(answer.status).toBe(status);
    expect(answer.body).toEqual({
      code,
      message: expect.any(String),
      more_info: `https://www.twilio.com/docs/errors/${code}`,
      status,
    });
    expect((await raw('/Messages.json?PageSize=1')).body.messages[0]?.sid).toBe(before);
  });

  it('the official client throws the code', async () => {
    await expect(rig.client.messages.create({ to: '12', from: NUMBER, body: 'x' })).rejects.toMatchObject({
      status: 400,
      code: 21211,
      moreInfo: 'https://www.twilio.com/docs/errors/21211',
    });
  });

  it('wrong credentials and other accounts get 401', async () => {
    await expect(clientFor(rig.emulator.url, ACCOUNT_SID, 'wrong').messages.list()).rejects.toMatchObject({
      status: 401,
      code: 20003,
    });
    const other = await fetch(`${rig.emulator.url}/2010-04-01/Accounts/AC${'f'.repeat(32)}/Messages.json`, {
      headers: { authorization: `Basic ${Buffer.from(`${ACCOUNT_SID}:${AUTH_TOKEN}`).toString('base64')}` },
    });
    expect(other.status).toBe(401);
  });

  it('keeps odd text as it is', async () => {
    const body = 'NUL \u0000, e\u0301, 👩‍👩‍👧, مرحبا, <b>&amp;</b>, line\r\nend';
    const { sid } = await rig.client.messages.create({ to: PERSON, from: NUMBER, body });
    expect((await rig.client.messages(sid).fetch()).body).toBe(body);
  });

  it('a JSON body is a request without parameters, as at Twilio', async () => {
    const response = await fetch(`${rig.emulator.url}/2010-04-01/Accounts/${ACCOUNT_SID}/Messages.json`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`${ACCOUNT_SID}:${AUTH_TOKEN}`).toString('base64')}`,
        'content-type': 'application/json',
      },
      body: '{"To":"+13035550142"}',
    });
    expect([response.status, (await response.json()).code]).toEqual([400, 21604]);
  });
});

describe('reading', () => {
  it('unknown things get 404 with 20404', async () => {
    await expect(rig.client.messages(`SM${'0'.repeat(32)}`).fetch()).rejects.toMatchObject({
      status: 404,
      code: 20404,
    });
    expect((await raw('/Nothing.json')).body.code).toBe(20404);
  });

  it('pages through the list with the addresses it is given, newest first, without a gap or a repeat', async () => {
    const to = '+13035550177';
    const sent: string[] = [];
    for (let i = 0; i < 7; i++) sent.push((await rig.client.messages.create({ to, from: NUMBER, body: `${i}` })).sid);
    const seen: string[] = [];
    let path: string | null = `/Messages.json?To=${encodeURIComponent(to)}&PageSize=3`;
    for (let page = 0; path; page++) {
      const {
        body,
      }: { body: { [key: string]: never } & { messages: { sid: string }[]; next_page_uri: string | null } } =
        await raw(path);
      expect(body).toMatchObject({ page, page_size: 3, start: page * 3 });
      seen.push(...body.messages.map((message) => message.sid));
      // A text that comes in between must not shift what is still to be read.
      await rig.client.messages.create({ to, from: NUMBER, body: 'meanwhile' });
      path = body.next_page_uri?.replace(`/2010-04-01/Accounts/${ACCOUNT_SID}`, '') ?? null;
    }
    expect(seen).toEqual(sent.toReversed());
    const listed = await rig.client.messages.list({ to, pageSize: 2 });
    expect(listed.map((message) => message.sid).slice(-7)).toEqual(sent.toReversed());
    expect(await rig.client.messages.list({ to, limit: 4, pageSize: 3 })).toHaveLength(4);
  });

  it('lists by sender, by recipient and with what came in', async () => {
    const person = '+13035550178';
    const inbound = await rig.text('Anybody?', person);
    const outbound = await rig.client.messages.create({ to: person, from: NUMBER, body: 'Yes' });
    expect((await rig.client.messages.list({ from: person })).map(({ sid }) => sid)).toEqual([inbound.sid]);
    expect((await rig.client.messages.list({ to: person })).map(({ sid }) => sid)).toEqual([outbound.sid]);
    const [newest] = await rig.client.messages.list({ to: NUMBER, limit: 1 });
    expect(newest).toMatchObject({
      sid: inbound.sid,
      direction: 'inbound',
      status: 'received',
      body: 'Anybody?',
      from: person,
    });
    expect(newest?.dateSent).toBeInstanceOf(Date);
  });

  it('filters by the day and the second a message was sent', async () => {
    const person = '+13035550179';
    const { sid } = await rig.text('When?', person);
    const day = new Date().toISOString().slice(0, 10);
    const list = async (query: string) =>
      (await raw(`/Messages.json?From=${encodeURIComponent(person)}&${query}`)).body.messages.map(
        (m: { sid: string }) => m.sid,
      );
    expect(await list(`DateSent=${day}`)).toEqual([sid]);
    expect(await list(`DateSent%3E=${day}`)).toEqual([sid]);
    expect(await list(`DateSent<=${day}`)).toEqual([sid]);
    expect(await list('DateSent<=2020-01-01')).toEqual([]);
    const now = Date.now();
    const found = await rig.client.messages.list({
      from: person,
      dateSentAfter: new Date(now - 60_000),
      dateSentBefore: new Date(now + 60_000),
    });
    expect(found.map((message) => message.sid)).toEqual([sid]);
    expect(await rig.client.messages.list({ from: person, dateSentAfter: new Date(now + 60_000) })).toEqual([]);
  });

  it('a list answer fits Twilio’s description', async () => {
    const { body } = await raw('/Messages.json?PageSize=20');
    expect(Object.keys(body).sort()).toEqual(
      [
        'end',
        'first_page_uri',
        'messages',
        'next_page_uri',
        'page',
        'page_size',
        'previous_page_uri',
        'start',
        'uri',
      ].sort(),
    );
    if (!spec) return;
    expect(body.messages.flatMap((message: unknown) => deviations(spec, 'api.v2010.account.message', message))).toEqual(
      [],
    );
  });
});

describe('changing', () => {
  it('redacts a message that has arrived and deletes it', async () => {
    const message = await rig.text('Secret', '+13035550180');
    const redacted = await rig.client.messages(message.sid).update({ body: '' });
    expect(redacted.body).toBe('');
    expect(await rig.client.messages(message.sid).remove()).toBe(true);
    await expect(rig.client.messages(message.sid).fetch()).rejects.toMatchObject({ status: 404 });
  });

  it('only scheduled messages can be canceled', async () => {
    const service = `MG${'1'.repeat(32)}`;
    await rig.control('PUT', `/accounts/${ACCOUNT_SID}`, {
      authToken: AUTH_TOKEN,
      numbers: [{ e164: NUMBER }],
      messagingServices: [{ sid: service, numbers: [NUMBER] }],
    });
    const sendAt = new Date(Date.now() + 3_600_000);
    const scheduled = await rig.client.messages.create({
      to: PERSON,
      messagingServiceSid: service,
      body: 'Later',
      sendAt,
      scheduleType: 'fixed',
    });
    expect(scheduled).toMatchObject({ status: 'scheduled', from: null, numSegments: '0' });
    expect((await rig.client.messages(scheduled.sid).update({ status: 'canceled' })).status).toBe('canceled');
    rig.emulator.clock.advance(2 * 3_600_000);
    expect((await rig.client.messages(scheduled.sid).fetch()).status).toBe('canceled');
    const inbound = await rig.text('Hello');
    await expect(rig.client.messages(inbound.sid).update({ status: 'canceled' })).rejects.toMatchObject({
      code: 20009,
    });
    await expect(
      rig.client.messages.create({
        to: PERSON,
        messagingServiceSid: service,
        body: 'x',
        sendAt: new Date(),
        scheduleType: 'fixed',
      }),
    ).rejects.toMatchObject({ code: 35114 });
    await rig.setSmsUrl(`${rig.app.url}/sms`);
  });

  it('lists the media of a message and leads to the picture', async () => {
    const message = await rig.client.messages.create({
      to: PERSON,
      from: NUMBER,
      mediaUrl: ['https://example.test/a.png', 'https://example.test/b.gif'],
    });
    expect(message.sid).toMatch(/^MM/);
    expect(message.numMedia).toBe('2');
    const media = await rig.client.messages(message.sid).media.list();
    expect(media.map((one) => one.contentType)).toEqual(['image/png', 'image/gif']);
    const { body } = await raw(`/Messages/${message.sid}/Media/${media[0]?.sid}.json`);
    if (spec) expect(deviations(spec, 'api.v2010.account.message.media', body)).toEqual([]);
    const picture = await fetch(
      `${rig.emulator.url}/2010-04-01/Accounts/${ACCOUNT_SID}/Messages/${message.sid}/Media/${media[0]?.sid}`,
      {
        redirect: 'manual',
        headers: { authorization: `Basic ${Buffer.from(`${ACCOUNT_SID}:${AUTH_TOKEN}`).toString('base64')}` },
      },
    );
    expect([picture.status, picture.headers.get('location')]).toEqual([307, 'https://example.test/a.png']);
  });
});

describe('numbers and the account', () => {
  it('lists, finds and configures numbers', async () => {
    const numbers = await rig.client.incomingPhoneNumbers.list({ phoneNumber: NUMBER });
    expect(numbers).toHaveLength(1);
    const sid = numbers[0]?.sid ?? '';
    const updated = await rig.client
      .incomingPhoneNumbers(sid)
      .update({ smsUrl: 'https://app.test/sms#rc=5', smsMethod: 'GET' });
    expect(updated).toMatchObject({ smsUrl: 'https://app.test/sms#rc=5', smsMethod: 'GET', phoneNumber: NUMBER });
    await expect(rig.client.incomingPhoneNumbers(sid).update({ smsUrl: 'nowhere' })).rejects.toMatchObject({
      code: 21502,
    });
    const { body } = await raw(`/IncomingPhoneNumbers/${sid}.json`);
    if (spec) expect(deviations(spec, 'api.v2010.account.incoming_phone_number', body)).toEqual([]);
    await rig.setSmsUrl(`${rig.app.url}/sms`, { smsMethod: 'POST' });
    expect((await rig.client.incomingPhoneNumbers(sid).fetch()).smsUrl).toBe(`${rig.app.url}/sms`);
    expect(await rig.client.incomingPhoneNumbers.list({ phoneNumber: '+19995550000' })).toEqual([]);
  });

  it('shows the account', async () => {
    expect(await rig.client.api.v2010.accounts(ACCOUNT_SID).fetch()).toMatchObject({
      sid: ACCOUNT_SID,
      status: 'active',
    });
    const { body } = await raw('.json');
    if (spec) expect(deviations(spec, 'api.v2010.account', body)).toEqual([]);
  });
});

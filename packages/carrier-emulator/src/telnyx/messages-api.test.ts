import Telnyx from 'telnyx';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../testing/eventually.ts';
import { deviations, loadSpec } from '../testing/openapi.ts';
import { API_KEY, PERSON, PROFILE, startTelnyxRig, TELNYX_NUMBER, type TelnyxRig } from '../testing/telnyx-rig.ts';

let rig: TelnyxRig;
beforeAll(async () => {
  rig = await startTelnyxRig();
});
afterAll(() => rig.stop());

const spec = loadSpec('telnyx');

async function raw(method: string, path: string, body?: unknown, key = API_KEY) {
  const response = await fetch(`${rig.emulator.url}/v2${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, ...(body ? { 'content-type': 'application/json' } : {}) },
    body: body ? JSON.stringify(body) : undefined,
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

const send = (more: Record<string, unknown> = {}) =>
  raw('POST', '/messages', { from: TELNYX_NUMBER, to: PERSON, text: 'Hi', ...more });

describe('sending', () => {
  it('the official client reads what a send answers', async () => {
    const { data } = await rig.client.messages.send({ from: TELNYX_NUMBER, to: PERSON, text: 'Hello €' });
    expect(data).toMatchObject({
      record_type: 'message',
      direction: 'outbound',
      type: 'SMS',
      messaging_profile_id: PROFILE,
      from: { phone_number: TELNYX_NUMBER },
      to: [{ phone_number: PERSON, status: 'queued' }],
      text: 'Hello €',
      parts: 1,
      encoding: 'GSM-7',
      errors: [],
    });
    expect(data?.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('answers 200 with Telnyx’s names, types and formats', async () => {
    const { status, body } = await send();
    expect(status).toBe(200);
    expect(body.data.received_at).toMatch(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}\+00:00$/);
    expect(body.data).not.toHaveProperty('status');
    if (spec) expect(deviations(spec, 'OutboundMessagePayload', body.data)).toEqual([]);
  });

  it('counts parts, and sends in the encoding asked for', async () => {
    const { body } = await send({ text: 'a'.repeat(161) });
    expect(body.data).toMatchObject({ parts: 2, encoding: 'GSM-7', cost: { amount: '0.0140', currency: 'USD' } });
    expect((await send({ text: 'ы' })).body.data.encoding).toBe('UCS-2');
    expect((await send({ encoding: 'ucs2' })).body.data.encoding).toBe('UCS-2');
  });

  it('sends by each of its addresses', async () => {
    const message = { from: TELNYX_NUMBER, to: PERSON, text: 'Hi' };
    await rig.setAccount({
      messagingProfile: { id: PROFILE, webhookUrl: `${rig.app.url}/telnyx`, numberPool: true },
      numbers: [{ e164: TELNYX_NUMBER }, { e164: '72055' }],
    });
    expect((await rig.client.messages.sendLongCode(message)).data?.to?.[0]?.status).toBe('queued');
    expect((await rig.client.messages.sendShortCode({ ...message, from: '72055' })).data?.from?.phone_number).toBe(
      '72055',
    );
    const pooled = await rig.client.messages.sendNumberPool({ messaging_profile_id: PROFILE, to: PERSON, text: 'Hi' });
    expect(['72055', TELNYX_NUMBER]).toContain(pooled.data?.from?.phone_number);
    await rig.setAccount({ messagingProfile: { id: PROFILE, numberPool: false } });
  });

  it.each([
    ['no to', { to: '' }, 422, '10004'],
    ['no from', { from: '' }, 422, '10004'],
    ['no content', { text: '' }, 400, '40316'],
    ['a text of more than ten parts', { text: 'a'.repeat(1531) }, 400, '40302'],
    ['a to that is no number', { to: '+12' }, 400, '40310'],
    ['a to without +', { to: '3035550142' }, 400, '40310'],
    ['a from of nobody', { from: '+17205559999' }, 400, '40305'],
    ['an SMS with media', { type: 'SMS', media_urls: ['https://example.test/a.png'] }, 400, '40304'],
    ['media that is no address', { media_urls: ['picture'] }, 400, '40317'],
    ['a text that is no string', { text: 7 }, 422, '10015'],
    ['a webhook that is no URL', { webhook_url: 'hook' }, 422, '10015'],
    ['an unknown profile', { messaging_profile_id: '00000000-0000-4000-8000-000000000000' }, 422, '10015'],
    ['GSM-7 for a text beyond it', { encoding: 'gsm7', text: 'ы' }, 422, '10015'],
    ['a time that has gone', { send_at: '2020-01-01T00:00:00Z' }, 422, '10015'],
    ['magic: STOP', { to: '+15005559300' }, 400, '40300'],
    ['magic: queue full', { to: '+15005559318' }, 400, '40318'],
    ['magic: rate limit', { to: '+15005552429' }, 429, '10011'],
  ] as const)('refuses %s', async (_what, change, status, code) => {
    const answer = await send(change);
    expect(answer.status).toBe(status);
    expect(answer.body.errors[0]).toMatchObject({ code, title: expect.any(String), detail: expect.any(String) });
    // An error's source is a pointer or a parameter.
    const either = ['pointer', 'parameter'].map((name) => `messaging_Error.source: lacks ${name}`);
    if (spec) expect(deviations(spec, 'messaging_Error', answer.body.errors[0], either)).toEqual([]);
  });

  it('the official client throws status and code', async () => {
    await expect(rig.client.messages.send({ from: TELNYX_NUMBER, to: '+12', text: 'x' })).rejects.toMatchObject({
      status: 400,
      error: { errors: [{ code: '40310' }] },
    });
    const stranger = new Telnyx({ apiKey: 'KEYwrong', baseURL: `${rig.emulator.url}/v2`, maxRetries: 0 });
    await expect(stranger.messages.retrieve('x')).rejects.toMatchObject({ status: 401 });
    expect((await raw('GET', '/messages/x', undefined, 'KEYwrong')).body.errors[0].code).toBe('10009');
  });

  it('a body that is no JSON is told so in Telnyx’s shape', async () => {
    const response = await fetch(`${rig.emulator.url}/v2/messages`, {
      method: 'POST',
      headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' },
      body: '{"to":',
    });
    expect([response.status, (await response.json()).errors[0].code]).toEqual([422, '10015']);
  });

  it('a destination outside the profile’s list, and a disabled profile, are refused', async () => {
    await rig.client.messagingProfiles.update(PROFILE, { whitelisted_destinations: ['GB'] });
    expect((await send()).body.errors[0].code).toBe('40309');
    await rig.client.messagingProfiles.update(PROFILE, { whitelisted_destinations: ['*'], enabled: false });
    expect((await send()).body.errors[0].code).toBe('40312');
    await rig.client.messagingProfiles.update(PROFILE, { enabled: true });
    expect((await send()).status).toBe(200);
  });
});

describe('reading and canceling', () => {
  it('a message is found by its id; other accounts, lists and unknown ids are 404', async () => {
    const { data } = await rig.client.messages.send({ from: TELNYX_NUMBER, to: PERSON, text: 'Find me' });
    expect((await rig.client.messages.retrieve(data?.id ?? '')).data).toMatchObject({ id: data?.id, text: 'Find me' });
    await rig.control('PUT', '/accounts/other', { carrier: 'telnyx', apiKey: 'KEYother', numbers: [] });
    for (const [path, key] of [
      [`/messages/${data?.id}`, 'KEYother'],
      ['/messages/00000000-0000-4000-8000-000000000000', API_KEY],
      ['/messages', API_KEY],
    ] as const) {
      const answer = await raw('GET', path, undefined, key);
      expect([answer.status, answer.body.errors[0].code]).toEqual([404, '10005']);
    }
  });

  it('a scheduled message waits for its time, and is canceled until a minute before', async () => {
    const send_at = new Date(Date.now() + 3_600_000).toISOString();
    const message = { from: TELNYX_NUMBER, to: '+13035550171', text: 'Later', send_at };
    const { data } = await rig.client.messages.schedule(message);
    expect(data?.to?.[0]?.status).toBe('scheduled');
    const canceled = await raw('DELETE', `/messages/${data?.id}`);
    expect(canceled.body.to[0].status).toBe('cancelled');
    if (spec) expect(deviations(spec, 'OutboundMessagePayloadCancelled', canceled.body)).toEqual([]);
    const late = await rig.client.messages.schedule(message);
    rig.emulator.clock.advance(3_600_000 - 30_000);
    expect((await raw('DELETE', `/messages/${late.data?.id}`)).status).toBe(403);
    rig.emulator.clock.advance(31_000);
    await eventually(async () => (await rig.handset('+13035550171')).map(({ body }) => body)).toEqual(['Later']);
  });
});

describe('limits', () => {
  it('more requests a second than allowed get 429 with the headers that say when to go on', async () => {
    await rig.setAccount({ limits: { requestsPerSecond: 3 } });
    const answers = await Promise.all(Array.from({ length: 12 }, () => raw('GET', '/messaging_profiles')));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused[0]?.body.errors[0].code).toBe('10011');
    expect(refused[0]?.headers.get('x-ratelimit-limit')).toBe('3');
    expect(refused[0]?.headers.get('x-ratelimit-remaining')).toBe('0');
    expect(refused[0]?.headers.get('x-ratelimit-reset')).toMatch(/^\d+$/);
    await rig.setAccount({ limits: { requestsPerSecond: null } });
  });

  it('a number’s queue fills at its pace, then sends are refused, and the clock empties it', async () => {
    await rig.setAccount({ numbers: [{ e164: TELNYX_NUMBER, segmentsPerSecond: 0.1 }], limits: { queueSeconds: 25 } });
    const to = '+13035550172';
    const answers = [];
    for (let i = 0; i < 5; i++) answers.push((await send({ to, text: `${i}` })).body);
    expect(answers.map((body) => body.errors?.[0].code ?? 'ok')).toEqual(['ok', 'ok', 'ok', '40318', '40318']);
    await eventually(async () => (await rig.handset(to)).map(({ body }) => body)).toEqual(['0']);
    rig.emulator.clock.advance(20_000);
    await eventually(async () => (await rig.handset(to)).map(({ body }) => body)).toEqual(['0', '1', '2']);
    await rig.setAccount({
      numbers: [{ e164: TELNYX_NUMBER, segmentsPerSecond: null }],
      limits: { queueSeconds: 14_400 },
    });
  });
});

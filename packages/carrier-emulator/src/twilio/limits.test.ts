import { afterEach, beforeEach, expect, it } from 'vitest';
import { eventually } from '../testing/eventually.ts';
import { ACCOUNT_SID, AUTH_TOKEN, NUMBER, PERSON, type Rig, startRig } from '../testing/rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await startRig();
});
afterEach(() => rig.stop());

const service = `MG${'2'.repeat(32)}`;
const setAccount = (more: Record<string, unknown>) =>
  rig.control('PUT', `/accounts/${ACCOUNT_SID}`, { authToken: AUTH_TOKEN, numbers: [{ e164: NUMBER }], ...more });
const send = (body: string, more = {}) => rig.client.messages.create({ from: NUMBER, to: PERSON, body, ...more });
const arrived = () => eventually(async () => (await rig.handset()).map(({ body }) => body));

it('a number sends at its pace: texts handed in faster wait their turn, in order', async () => {
  await setAccount({ numbers: [{ e164: NUMBER, segmentsPerSecond: 1 / 60 }] });
  for (const body of ['one', 'two', 'three']) await send(body);
  await arrived().toEqual(['one']);
  rig.emulator.clock.advance(60_000);
  await arrived().toEqual(['one', 'two']);
  rig.emulator.clock.advance(60_000);
  await arrived().toEqual(['one', 'two', 'three']);
});

it('a full queue refuses with 21611; a service takes the text, and it fails with 30001', async () => {
  await setAccount({
    limits: { segmentsPerSecond: 0.001, queueSeconds: 500 },
    messagingServices: [{ sid: service, numbers: [NUMBER], statusCallback: `${rig.app.url}/status` }],
  });
  await send('first');
  await expect(send('second')).rejects.toMatchObject({ status: 429, code: 21611 });
  const taken = await rig.client.messages.create({ messagingServiceSid: service, to: PERSON, body: 'third' });
  expect(taken.status).toBe('accepted');
  const [failed] = await rig.app.wait(1, ({ params }) => params.MessageStatus === 'failed');
  expect(failed?.params).toMatchObject({ MessageSid: taken.sid, ErrorCode: '30001' });
});

it('a text still waiting when its validity ends fails with 30036', async () => {
  await setAccount({ limits: { segmentsPerSecond: 1 / 60 } });
  await send('first');
  const { sid } = await send('second', { validityPeriod: 20 });
  rig.emulator.clock.advance(21_000);
  await eventually(async () => (await rig.client.messages(sid).fetch()).errorCode).toBe(30036);
  rig.emulator.clock.advance(120_000);
  await arrived().toEqual(['first']);
});

it('a queue is found again after a restart', async () => {
  const { mkdtempSync, rmSync } = await import('node:fs');
  const { tmpdir } = await import('node:os');
  const { join } = await import('node:path');
  const dataDir = mkdtempSync(join(tmpdir(), 'queue-restart-'));
  const first = await startRig({ dataDir });
  const { createEmulator } = await import('../emulator.ts');
  const { clientFor } = await import('../testing/rig.ts');
  try {
    await first.control('PUT', `/accounts/${ACCOUNT_SID}`, {
      authToken: AUTH_TOKEN,
      numbers: [{ e164: NUMBER }],
      limits: { segmentsPerSecond: 0.001, queueSeconds: 1500 },
    });
    for (const body of ['one', 'two']) await first.client.messages.create({ from: NUMBER, to: PERSON, body });
    await first.emulator.close();
    const second = await createEmulator({ dataDir });
    const again = { from: NUMBER, to: PERSON, body: 'three' };
    await expect(clientFor(second.url).messages.create(again)).rejects.toMatchObject({ code: 21611 });
    await second.close();
  } finally {
    await first.stop();
    rmSync(dataDir, { recursive: true });
  }
});

it('more requests at once than allowed get 429 with 20429', async () => {
  await setAccount({ limits: { concurrency: 1 } });
  await rig.control('POST', '/faults', { faults: { 'send:delay': { times: 1, ms: 300 } } });
  const slow = send('slow');
  await eventually(async () => (await rig.control<{ messages: number }>('GET', '/health')).messages).toBe(1);
  await expect(rig.client.messages.list()).rejects.toMatchObject({ status: 429, code: 20429 });
  await slow;
  expect(await rig.client.messages.list()).toHaveLength(1);
});

it.each([
  ['+15005551608', 400, 21608],
  ['+15005551211', 400, 21211],
  ['+15005552429', 429, 20429],
] as const)('a text to %s is refused with %i, %i', async (to, status, code) => {
  await expect(send('x', { to })).rejects.toMatchObject({ status, code });
});

it.each([
  ['+15005556038', 63038],
  ['+15005553001', 30001],
  ['+15005553007', 30007],
  ['+15005553034', 30034],
])('a text to %s ends with %i', async (to, code) => {
  const { sid } = await send('x', { to });
  await eventually(async () => (await rig.client.messages(sid).fetch()).errorCode).toBe(code);
});

it('one call asks for its own fault in its text, and others go on', async () => {
  await expect(send('{{fault send:refuse code=21610}}')).rejects.toMatchObject({ code: 21610 });
  const { sid } = await send('Hi {{fault send:undelivered code=30005}}');
  await eventually(async () => (await rig.client.messages(sid).fetch()).errorCode).toBe(30005);
  await rig.setSmsUrl(`${rig.app.url}/sms`);
  await rig.text('twice {{fault webhook:duplicate}}');
  await rig.app.wait(2);
  await send('plain');
  await arrived().toContain('plain');
});

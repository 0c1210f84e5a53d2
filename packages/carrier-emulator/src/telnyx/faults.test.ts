import { afterEach, beforeEach, expect, it } from 'vitest';
import { eventually } from '../testing/eventually.ts';
import {
  eventOf,
  PERSON,
  startTelnyxRig,
  TELNYX_ACCOUNT,
  TELNYX_NUMBER,
  type TelnyxRig,
} from '../testing/telnyx-rig.ts';

let rig: TelnyxRig;
beforeEach(async () => {
  rig = await startTelnyxRig();
});
afterEach(() => rig.stop());

const faults = (faults: Record<string, unknown>, seed = 1) =>
  rig.control('POST', '/faults', { accountSid: TELNYX_ACCOUNT, seed, faults });
const send = (text = 'Hi', options = {}) =>
  rig.client.messages.send({ from: TELNYX_NUMBER, to: PERSON, text }, options);
/** The app's webhooks of texts that came in. */
const texts = (count: number) => rig.events('message.received', count);

it.each([
  ['send:500', 500, '10007'],
  ['send:503', 503, '10016'],
  ['send:429', 429, '10011'],
  ['send:refuse', 400, '40310'],
] as const)('%s: not accepted, and nothing goes out', async (name, status, code) => {
  await faults({ [name]: { times: 1 } });
  await expect(send()).rejects.toMatchObject({ status, error: { errors: [{ code }] } });
  await send('second');
  await eventually(async () => (await rig.handset()).map(({ body }) => body)).toEqual(['second']);
});

it('send:refuse speaks Telnyx’s codes although a fault for all names Twilio’s', async () => {
  await rig.control('POST', '/faults', { faults: { 'send:refuse': { times: 1, code: 21610 } } });
  await expect(send()).rejects.toMatchObject({ error: { errors: [{ code: '40300' }] } });
});

it.each(['send:timeout-after-accept', 'send:disconnect-after-accept'])(
  '%s: the app gets no answer, and the text goes out',
  async (name) => {
    await faults({ [name]: { times: 1 } });
    await expect(send('once', { timeout: 300 })).rejects.toThrow();
    await eventually(async () => (await rig.handset()).map(({ body }) => body)).toEqual(['once']);
    const [finalized] = await rig.events('message.finalized', 1);
    expect(finalized?.data.payload.text).toBe('once');
  },
);

it('send:timeout-before-accept looks the same, and nothing goes out', async () => {
  await faults({ 'send:timeout-before-accept': { times: 1 } });
  await expect(send('never', { timeout: 300 })).rejects.toThrow();
  await send('second');
  await eventually(async () => (await rig.handset()).map(({ body }) => body)).toEqual(['second']);
});

it('send:delay answers late', async () => {
  await faults({ 'send:delay': { times: 1, ms: 50 } });
  const { data } = await send();
  expect(data?.to?.[0]?.status).toBe('queued');
});

it.each([
  ['send:undelivered', { code: 30005 }, 'delivery_failed', '40012'],
  ['send:failed', { code: 40010 }, 'sending_failed', '40010'],
] as const)('%s: accepted, and ends so', async (name, rule, status, code) => {
  await faults({ [name]: rule });
  await send();
  const [finalized] = await rig.events('message.finalized', 1);
  expect(finalized?.data.payload).toMatchObject({ to: [{ status }], errors: [{ code }] });
});

it('send:no-report: sent, and nothing more', async () => {
  await faults({ 'send:no-report': 1 });
  const { data } = await send();
  await rig.events('message.sent', 1);
  await rig.text('a sign that time has passed');
  await texts(1);
  expect(rig.app.received.map((one) => eventOf(one).data.event_type)).not.toContain('message.finalized');
  expect((await rig.client.messages.retrieve(data?.id ?? '')).data).toMatchObject({ to: [{ status: 'sent' }] });
});

it('read:500 and read:delay hit what is fetched', async () => {
  const { data } = await send();
  await faults({ 'read:500': { times: 1 }, 'read:delay': { times: 1, ms: 20 } });
  await expect(rig.client.messages.retrieve(data?.id ?? '')).rejects.toMatchObject({ status: 500 });
  expect((await rig.client.messages.retrieve(data?.id ?? '')).data).toMatchObject({ id: data?.id });
});

it('webhook:drop is never made, and the log says so', async () => {
  await faults({ 'webhook:drop': { times: 1 } });
  await rig.text('lost');
  await rig.text('kept');
  expect((await texts(1)).map(({ data }) => data.payload.text)).toEqual(['kept']);
  expect((await rig.requests()).map(({ what }) => what)).toContain('“lost”: dropped on purpose, never sent');
});

it('webhook:lose-first comes by the second try, and the app sees it once', async () => {
  await faults({ 'webhook:lose-first': { times: 2, kind: 'inbound' } });
  await rig.text('lost');
  await rig.text('lost too');
  await rig.text('kept');
  const events = await texts(3);
  expect(new Map(events.map(({ data, meta }) => [data.payload.text, meta.attempt]))).toEqual(
    new Map([
      ['kept', 1],
      ['lost', 2],
      ['lost too', 2],
    ]),
  );
  expect((await rig.requests()).map(({ what }) => what)).toContain('“lost”, not reached (lost on purpose)');
});

it('webhook:duplicate comes twice, with its id or another', async () => {
  await faults({ 'webhook:duplicate': 1 });
  for (let i = 0; i < 8; i++) await rig.text(`${i}`);
  const events = await texts(16);
  const ids = Map.groupBy(events, ({ data }) => data.payload.id);
  expect(ids.size).toBe(8);
  const distinct = [...ids.values()].map((copies) => new Set(copies.map(({ data }) => data.id)).size);
  expect(new Set(distinct)).toEqual(new Set([1, 2]));
});

it('webhook:delay and webhook:reorder hold back, so that later ones overtake', async () => {
  await faults({ 'webhook:delay': { times: 1, ms: 3_600_000, kind: 'inbound' } });
  await rig.text('first');
  await rig.text('second');
  expect((await texts(1)).map(({ data }) => data.payload.text)).toEqual(['second']);
  rig.emulator.clock.advance(3_600_000);
  expect((await texts(2)).map(({ data }) => data.payload.text)).toEqual(['second', 'first']);
  await faults({ 'webhook:reorder': { times: 1, ms: 3_600_000 } });
  await rig.text('third');
  await rig.text('fourth');
  expect((await texts(3)).at(-1)?.data.payload.text).toBe('fourth');
});

it('webhook:bad-signature and webhook:stale are refused by the official client', async () => {
  const check = async (at: number) => {
    const [one] = (await rig.app.wait(at + 1)).slice(at);
    return rig.client.webhooks.unwrap(one?.raw ?? '', { headers: one?.headers as Record<string, string> });
  };
  await faults({ 'webhook:bad-signature': { times: 1 } });
  await rig.text('forged');
  await expect(check(0)).rejects.toThrow();
  await faults({ 'webhook:stale': { times: 1 } });
  await rig.text('old');
  await expect(check(1)).rejects.toThrow();
  await rig.text('good');
  await expect(check(2)).resolves.toBeDefined();
});

it('one call asks for its own fault, by header or in its text, and others go on', async () => {
  await expect(send('{{fault send:refuse code=40300}}')).rejects.toMatchObject({
    error: { errors: [{ code: '40300' }] },
  });
  await expect(send('Hi', { headers: { 'x-emulator-fault': 'send:503 ms=1' } })).rejects.toMatchObject({ status: 503 });
  await send('Hi {{fault send:undelivered code=40004}}');
  const [finalized] = await rig.events('message.finalized', 1);
  expect(finalized?.data.payload.errors[0]?.code).toBe('40004');
  await rig.text('twice {{fault webhook:duplicate}}');
  await texts(2);
});

it('a webhook that the app had not taken when the emulator was killed is made again by the next, with its id', async () => {
  const { mkdtempSync, rmSync } = await import('node:fs');
  const { tmpdir } = await import('node:os');
  const { join } = await import('node:path');
  const dataDir = mkdtempSync(join(tmpdir(), 'telnyx-restart-'));
  const first = await startTelnyxRig({ dataDir, timing: { retryMs: 60_000 } });
  try {
    first.app.answer = (_received, response) => response.writeHead(503).end();
    await first.text('keep me');
    const [before] = await first.app.wait(1);
    await eventually(async () => (await first.handset())[0]?.webhook?.tries).toBe(1);
    await first.emulator.close();
    first.app.answer = (_received, response) => response.writeHead(200).end();
    const { createEmulator } = await import('../emulator.ts');
    const second = await createEmulator({ dataDir });
    second.clock.advance(120_000);
    const after = (await first.app.wait(2))[1];
    expect(after && eventOf(after).data.id).toBe(before && eventOf(before).data.id);
    expect(after && eventOf(after).meta.attempt).toBe(2);
    await second.close();
  } finally {
    await first.stop();
    rmSync(dataDir, { recursive: true });
  }
});

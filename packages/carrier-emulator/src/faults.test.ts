import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ACCOUNT_SID, NUMBER, PERSON, type Rig, startRig } from './testing/rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await startRig();
});
afterEach(() => rig.stop());

const faults = (set: Record<string, unknown>, seed = 1, accountSid: string | null = null) =>
  rig.control('POST', '/faults', { accountSid, seed, faults: set });
const send = (body = 'Hi') =>
  rig.client.messages.create({ to: PERSON, from: NUMBER, body, statusCallback: `${rig.app.url}/status` });

/** A send whose app gives up once the emulator has decided not to answer it. */
async function sendOrGiveUp(body: string): Promise<string> {
  const giveUp = new AbortController();
  const decided = async () =>
    (await rig.requests()).some(({ status, params }) => status === null && params.Body === body);
  const waiting = expect
    .poll(decided, { timeout: 15_000 })
    .toBe(true)
    .then(() => giveUp.abort());
  const response = await fetch(`${rig.emulator.url}/2010-04-01/Accounts/${ACCOUNT_SID}/Messages.json`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${ACCOUNT_SID}:token-of-the-tests`).toString('base64')}` },
    body: new URLSearchParams({ To: PERSON, From: NUMBER, Body: body }),
    signal: giveUp.signal,
  }).catch((error: Error) => error.name);
  await waiting;
  return typeof response === 'string' ? response : String(response.status);
}

describe('sends', () => {
  it('accepted and never answered: the text is in the list and goes out', async () => {
    await faults({ 'send:timeout-after-accept': 1 });
    expect(await sendOrGiveUp('lost answer')).toBe('AbortError');
    await faults({});
    const listed = await rig.client.messages.list({ to: PERSON });
    expect(listed.map(({ body }) => body)).toEqual(['lost answer']);
    expect((await rig.requests()).some(({ status, what }) => status === null && what.includes('never answered'))).toBe(
      true,
    );
  });

  it('not accepted and never answered: nothing is in the list', async () => {
    await faults({ 'send:timeout-before-accept': 1 });
    expect(await sendOrGiveUp('never there')).toBe('AbortError');
    await faults({});
    expect(await rig.client.messages.list({ to: PERSON })).toEqual([]);
  });

  it('accepted and cut off', async () => {
    await faults({ 'send:disconnect-after-accept': 1 });
    expect(await sendOrGiveUp('cut')).toBe('TypeError');
    await faults({});
    expect(await rig.client.messages.list({ to: PERSON })).toHaveLength(1);
  });

  it.each([
    ['send:500', 500, 20500],
    ['send:503', 503, 20503],
    ['send:429', 429, 20429],
    ['send:refuse', 400, 21614],
  ])('%s answers %i and accepts nothing', async (fault, status, code) => {
    await faults({ [fault]: 1 });
    await expect(send()).rejects.toMatchObject({ status, code });
    await faults({});
    expect(await rig.client.messages.list()).toEqual([]);
  });

  it('"the next one" is one', async () => {
    await faults({ 'send:refuse': { times: 1, code: 21610 } });
    await expect(send()).rejects.toMatchObject({ code: 21610 });
    expect((await send()).status).toBe('queued');
  });

  it('ends undelivered, failed or without a report', async () => {
    await faults({ 'send:undelivered': { code: 30005 } });
    await send();
    expect((await rig.app.wait(2))[1]?.params).toMatchObject({ MessageStatus: 'undelivered', ErrorCode: '30005' });
    await faults({ 'send:no-report': 1 });
    const silent = await send();
    const callbacks = await rig.app.wait(3);
    expect(callbacks[2]?.params).toMatchObject({ MessageSid: silent.sid, MessageStatus: 'sent' });
  });

  it('belongs to one account when it names one', async () => {
    await faults({ 'send:500': 1 }, 1, 'ACffffffffffffffffffffffffffffffff');
    expect((await send()).status).toBe('queued');
    await faults({ 'send:500': 1 }, 1, ACCOUNT_SID);
    await expect(send()).rejects.toMatchObject({ status: 500 });
  });
});

describe('webhooks', () => {
  it('are made twice', async () => {
    await faults({ 'webhook:duplicate': { kind: 'inbound' } });
    const text = await rig.text('Hi');
    const both = await rig.app.wait(2);
    expect(both.map(({ params }) => params.MessageSid)).toEqual([text.sid, text.sid]);
    expect(both.every(({ signatureValid }) => signatureValid)).toBe(true);
  });

  it('are never made, and the handset and the log say so', async () => {
    await faults({ 'webhook:drop': 1 });
    const text = await rig.text('Hi');
    expect((await rig.requests())[0]).toMatchObject({
      status: null,
      what: expect.stringContaining('dropped on purpose'),
    });
    expect((await rig.handset()).find(({ sid }) => sid === text.sid)?.webhook).toMatchObject({
      state: 'failed',
      tries: 0,
    });
    expect(rig.app.received).toEqual([]);
  });

  it('lose their first try, and come again as the rules of the URL say', async () => {
    await faults({ 'webhook:lose-first': 1 });
    const text = await rig.text('Hi');
    const [received] = await rig.app.wait(1);
    expect(received?.params.MessageSid).toBe(text.sid);
    await expect
      .poll(async () => (await rig.handset()).find(({ sid }) => sid === text.sid)?.webhook, { timeout: 15_000 })
      .toMatchObject({ state: 'taken', tries: 2 });
    expect(rig.app.received).toHaveLength(1);
  });

  it('are held back until the clock says', async () => {
    await faults({ 'webhook:delay': { kind: 'inbound', ms: 60_000 } });
    await rig.text('late');
    await faults({});
    await rig.text('early');
    await rig.app.wait(1);
    rig.emulator.clock.advance(60_000);
    const both = await rig.app.wait(2);
    expect(both.map(({ params }) => params.Body)).toEqual(['early', 'late']);
  });

  it('come out of order', async () => {
    await faults({ 'webhook:reorder': { kind: 'status', times: 1, ms: 600_000 } });
    await send();
    await rig.app.wait(1);
    rig.emulator.clock.advance(600_000);
    expect((await rig.app.wait(2)).map(({ params }) => params.MessageStatus)).toEqual(['delivered', 'sent']);
  });

  it('are signed wrongly', async () => {
    await faults({ 'webhook:bad-signature': 1 });
    await rig.text('Hi');
    expect((await rig.app.wait(1))[0]?.signatureValid).toBe(false);
    await expect.poll(async () => (await rig.requests())[0]?.signature, { timeout: 15_000 }).toBe('forged');
  });
});

describe('the seed', () => {
  async function run(seed: number): Promise<string> {
    await rig.control('POST', '/reset');
    await faults({ 'send:500': 0.3, 'send:429': 0.2 }, seed);
    const outcomes: string[] = [];
    for (let i = 0; i < 40; i++)
      outcomes.push(
        await send(`${i}`).then(
          () => '.',
          (error) => String(error.status),
        ),
      );
    return outcomes.join(' ');
  }

  it('replays a run, and another seed makes another', async () => {
    const first = await run(7);
    expect(first).toMatch(/500/);
    expect(first).toMatch(/429/);
    expect(await run(7)).toBe(first);
    expect(await run(8)).not.toBe(first);
  });
});

it('an unknown fault or a share over 1 is refused with what is wrong', async () => {
  await expect(faults({ 'send:explode': 1 })).rejects.toThrow(/400.*invalid_request/);
  await expect(faults({ 'send:500': 2 })).rejects.toThrow(/400.*invalid_request/);
});

import { afterEach, beforeEach, expect, it } from 'vitest';
import { ACCOUNT_SID, AUTH_TOKEN, NUMBER, PERSON, type Rig, startRig } from '../testing/rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await startRig();
});
afterEach(() => rig.stop());

it('making an account again changes nothing, and what a request leaves out stays', async () => {
  const before = await rig.client.incomingPhoneNumbers.list();
  await rig.setSmsUrl(`${rig.app.url}/sms`);
  await rig.control('PUT', `/accounts/${ACCOUNT_SID}`, { authToken: AUTH_TOKEN, numbers: [{ e164: NUMBER }] });
  const after = await rig.client.incomingPhoneNumbers.list();
  expect(after.map(({ sid, smsUrl }) => [sid, smsUrl])).toEqual(before.map(({ sid, smsUrl }) => [sid, smsUrl]));
  expect(JSON.stringify(await rig.control('GET', '/accounts'))).not.toContain(AUTH_TOKEN);
});

it('a number belongs to one account', async () => {
  const other = `AC${'9'.repeat(32)}`;
  await expect(
    rig.control('PUT', `/accounts/${other}`, { authToken: 'x', numbers: [{ e164: '+17205550199' }, { e164: NUMBER }] }),
  ).rejects.toThrow(/409.*number_taken/);
  const { accounts } = await rig.control<{ accounts: { sid: string }[] }>('GET', '/accounts');
  expect(accounts.map(({ sid }) => sid)).toEqual([ACCOUNT_SID]);
});

it.each([
  ['PUT', '/accounts/AC1', { authToken: 'x' }, /400.*invalid_request/],
  ['PUT', `/accounts/${ACCOUNT_SID}`, { authToken: 'x', surprise: 1 }, /400.*surprise/],
  ['PUT', `/accounts/${ACCOUNT_SID}`, { authToken: 'x', numbers: [{ e164: 'us' }] }, /400.*numbers\.0\.e164/],
  ['POST', `/handsets/${PERSON}/messages`, { to: '+17205559999', body: 'Hi' }, /404.*number_not_found/],
  ['POST', `/handsets/${PERSON}/messages`, { to: NUMBER }, /400.*invalid_request/],
  ['POST', `/handsets/${PERSON}/messages`, { to: NUMBER, body: 'a'.repeat(1601) }, /400.*invalid_request/],
  ['POST', '/handsets/nobody/messages', { to: NUMBER, body: 'Hi' }, /400.*invalid_request/],
  ['DELETE', `/handsets/${PERSON}`, undefined, /404.*handset_not_found/],
  ['POST', '/clock', { rate: -1 }, /400.*invalid_request/],
  ['GET', '/nothing', undefined, /404.*not_found/],
])('%s %s with what is wrong in it says so in JSON', async (method, path, body, answer) => {
  await expect(rig.control(method, path, body)).rejects.toThrow(answer);
});

it('a page of another site cannot use it', async () => {
  const url = `${rig.emulator.url}/emulator/api/reset`;
  const status = async (headers: Record<string, string>, body?: string) =>
    (await fetch(url, { method: 'POST', headers, body })).status;
  expect(await status({ 'sec-fetch-site': 'cross-site' })).toBe(403);
  expect(await status({ 'content-type': 'text/plain' }, '{}')).toBe(400);
  expect(await status({ 'sec-fetch-site': 'same-origin' })).toBe(204);
});

it('events tell of messages, requests and changes as they happen', async () => {
  const response = await fetch(`${rig.emulator.url}/emulator/api/events`);
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  const stop = await rig.text('STOP');
  await rig.control('PUT', `/handsets/${PERSON}`, { name: 'Dana' });
  let seen = '';
  const wanted = ['"state":"taken"', '"status":"delivered"', 'event: request', 'event: changed', stop.sid];
  while (!wanted.every((part) => seen.includes(part))) {
    const next = await reader?.read();
    if (!next || next.done) throw new Error(`the events ended: ${seen}`);
    seen += next.value;
  }
  await reader?.cancel();
});

it('a handset keeps its name and knows who it told to stop; others that were texted are offered', async () => {
  await rig.control('PUT', `/handsets/${PERSON}`, { name: 'Dana' });
  await rig.control('PUT', `/handsets/${PERSON}`, { reachable: false });
  await rig.text('STOP');
  await rig.text('Hi', '+15125550164');
  expect(await rig.control('GET', '/handsets')).toEqual({
    handsets: [{ e164: PERSON, name: 'Dana', reachable: false, place: 'Denver', optedOut: [NUMBER] }],
    others: ['+15125550164'],
  });
});

it('reset forgets everything but accounts', async () => {
  await rig.text('STOP');
  await rig.control('PUT', `/handsets/${PERSON}`, {});
  await rig.control('POST', '/reset');
  expect(await rig.client.messages.list()).toEqual([]);
  expect(await rig.control('GET', '/handsets')).toEqual({ handsets: [], others: [] });
  expect((await rig.client.messages.create({ to: PERSON, from: NUMBER, body: 'Hi' })).status).toBe('queued');
});

it('the log says who asked what, with the answer', async () => {
  await rig.client.messages.create({ to: '12', from: NUMBER, body: 'x' }).catch(() => undefined);
  const [entry] = await rig.requests();
  expect(entry).toMatchObject({
    way: 'from-app',
    method: 'POST',
    path: '/Messages.json',
    status: 400,
    signature: 'valid',
    accountSid: ACCOUNT_SID,
    params: { To: '12', From: NUMBER, Body: 'x' },
  });
  expect(entry?.what).toContain('21211');
  expect(entry?.answer).toContain('21211');
});

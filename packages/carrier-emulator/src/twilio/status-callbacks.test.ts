import { afterEach, beforeEach, expect, it } from 'vitest';
import { NUMBER, PERSON, type Rig, startRig } from '../testing/rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await startRig();
});
afterEach(() => rig.stop());

const status = (received: { path: string }) => received.path.startsWith('/status');
const statuses = (list: { params: Record<string, string> }[]) => list.map(({ params }) => params.MessageStatus);

function send(to = PERSON, more: Record<string, unknown> = {}) {
  return rig.client.messages.create({
    to,
    from: NUMBER,
    body: 'Hi',
    statusCallback: `${rig.app.url}/status?mid=018f&x=a%20b`,
    ...more,
  });
}

it('tells of sent and delivered, never of the first status, each signed over the URL with its query', async () => {
  const message = await send();
  const callbacks = await rig.app.wait(2, status);
  expect(statuses(callbacks)).toEqual(['sent', 'delivered']);
  for (const { params, headers, signatureValid, method } of callbacks) {
    expect(method).toBe('POST');
    expect(signatureValid).toBe(true);
    expect(headers['i-twilio-idempotency-token']).toMatch(/^[0-9a-f-]{36}$/);
    expect(params).toMatchObject({ MessageSid: message.sid, SmsSid: message.sid, From: NUMBER, To: PERSON });
    expect(params.SmsStatus).toBe(params.MessageStatus);
    expect(params.ErrorCode).toBeUndefined();
  }
  expect(callbacks[1]?.params.RawDlrDoneDate).toMatch(/^\d{10}$/);
  const after = await rig.client.messages(message.sid).fetch();
  expect(after.status).toBe('delivered');
  expect(after.dateSent).toBeInstanceOf(Date);
  expect(Number(after.price)).toBeLessThan(0);
  expect((await rig.handset()).map(({ body }) => body)).toEqual(['Hi']);
});

it.each([
  ['+15005553003', ['sent', 'undelivered'], '30003'],
  ['+15005553006', ['sent', 'undelivered'], '30006'],
  ['+15005553034', ['failed'], '30034'],
])('a text to %s ends %j with %s', async (to, expected, code) => {
  const message = await send(to);
  const callbacks = await rig.app.wait(expected.length, status);
  expect(statuses(callbacks)).toEqual(expected);
  expect(callbacks.at(-1)?.params.ErrorCode).toBe(code);
  expect((await rig.client.messages(message.sid).fetch()).errorCode).toBe(Number(code));
  expect(await rig.handset(to)).toEqual([]);
});

it('a text to a phone that is switched off ends undelivered', async () => {
  await rig.control('PUT', `/handsets/${PERSON}`, { reachable: false });
  await send();
  expect((await rig.app.wait(2, status))[1]?.params).toMatchObject({
    MessageStatus: 'undelivered',
    ErrorCode: '30003',
  });
  expect(await rig.handset()).toEqual([]);
});

it('a Messaging Service tells of queued too and chooses the sender the person knows', async () => {
  const service = `MG${'2'.repeat(32)}`;
  const second = '+17205550112';
  await rig.control('PUT', '/accounts/AC0123456789abcdef0123456789abcdef', {
    authToken: 'token-of-the-tests',
    numbers: [{ e164: NUMBER }, { e164: second }],
    messagingServices: [{ sid: service, numbers: [NUMBER, second], statusCallback: `${rig.app.url}/status` }],
  });
  await send(PERSON, { from: second });
  await rig.app.wait(2, status);
  const message = await rig.client.messages.create({ to: PERSON, messagingServiceSid: service, body: 'Hi' });
  expect(message).toMatchObject({ status: 'accepted', from: null });
  const callbacks = (await rig.app.wait(5, status)).slice(2);
  expect(statuses(callbacks)).toEqual(['queued', 'sent', 'delivered']);
  expect(callbacks[0]?.params).toMatchObject({ MessagingServiceSid: service, From: second });
});

it('a message that waited longer than its ValidityPeriod fails', async () => {
  await rig.stop();
  rig = await startRig({ timing: { stepMs: 4000 } });
  const message = await rig.client.messages.create({
    to: PERSON,
    from: NUMBER,
    body: 'Hi',
    validityPeriod: 1,
    statusCallback: `${rig.app.url}/status`,
  });
  rig.emulator.clock.advance(10_000);
  expect((await rig.app.wait(1, status))[0]?.params).toMatchObject({ MessageStatus: 'failed', ErrorCode: '30036' });
  expect((await rig.client.messages(message.sid).fetch()).status).toBe('failed');
});

it('every callback is retried by the rules in the URL’s fragment, with one token', async () => {
  let tries = 0;
  rig.app.answer = (_received, response) => {
    tries++;
    response.writeHead(tries < 3 ? 500 : 204).end();
  };
  await send(PERSON, { statusCallback: `${rig.app.url}/status#rc=5&rp=5xx` });
  const callbacks = await rig.app.wait(4, status);
  const sent = callbacks.filter(({ params }) => params.MessageStatus === 'sent');
  const delivered = callbacks.filter(({ params }) => params.MessageStatus === 'delivered');
  expect(sent.length + delivered.length).toBe(4);
  expect(callbacks.every(({ signatureValid, path }) => signatureValid && path === '/status')).toBe(true);
  for (const group of [sent, delivered]) {
    expect(new Set(group.map(({ headers }) => headers['i-twilio-idempotency-token'])).size).toBe(1);
  }
});

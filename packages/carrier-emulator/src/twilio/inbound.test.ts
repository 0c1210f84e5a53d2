import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ACCOUNT_SID, NUMBER, PERSON, type Rig, startRig } from '../testing/rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await startRig();
});
afterEach(() => rig.stop());

/** Resolves when the webhook of a text has come to an end, with what became of it. */
async function settled(sid: string) {
  const response = await fetch(`${rig.emulator.url}/emulator/api/events`);
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let seen = '';
  for (;;) {
    const message = (await rig.handset()).find((one) => one.sid === sid);
    if (message?.webhook && message.webhook.state !== 'pending') {
      await reader?.cancel();
      return message.webhook;
    }
    const next = await reader?.read();
    seen += next?.value ?? '';
    if (next?.done) throw new Error(`the events ended: ${seen}`);
  }
}

/** What the person has on their phone once `count` replies have come. */
async function replies(count: number) {
  const response = await fetch(`${rig.emulator.url}/emulator/api/events`);
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const found = (await rig.handset()).filter(({ direction }) => direction !== 'inbound');
    if (found.length >= count) {
      await reader?.cancel();
      return found.map(({ body }) => body);
    }
    await reader?.read();
  }
}

function answerWith(contentType: string, body: string, status = 200) {
  rig.app.answer = (_received, response) => response.writeHead(status, { 'content-type': contentType }).end(body);
}

describe('the webhook', () => {
  it('has all of Twilio’s parameters and a signature the official helper accepts', async () => {
    const text = await rig.text('Hi & welcome + ünï 😀');
    const [webhook] = await rig.app.wait(1);
    expect(webhook?.signatureValid).toBe(true);
    expect(webhook?.params).toEqual({
      AccountSid: ACCOUNT_SID,
      ApiVersion: '2010-04-01',
      Body: 'Hi & welcome + ünï 😀',
      From: PERSON,
      FromCity: 'DENVER',
      FromCountry: 'US',
      FromState: 'CO',
      FromZip: '80202',
      MessageSid: text.sid,
      NumMedia: '0',
      NumSegments: '1',
      SmsMessageSid: text.sid,
      SmsSid: text.sid,
      SmsStatus: 'received',
      To: NUMBER,
      ToCity: 'DENVER',
      ToCountry: 'US',
      ToState: 'CO',
      ToZip: '80203',
    });
    expect(await settled(text.sid)).toMatchObject({ state: 'taken', status: 204, tries: 1 });
  });

  it('names pictures by addresses at the emulator', async () => {
    const picture = { url: 'https://example.test/a.png', contentType: 'image/png' };
    await rig.control('POST', `/handsets/${PERSON}/messages`, { to: NUMBER, media: [picture] });
    const [webhook] = await rig.app.wait(1);
    expect(webhook?.params).toMatchObject({ NumMedia: '1', MediaContentType0: 'image/png', Body: '' });
    expect(webhook?.params.MediaUrl0).toMatch(
      new RegExp(`^${rig.emulator.url}/2010-04-01/Accounts/AC.*/Messages/MM.*/Media/ME`),
    );
    expect(webhook?.params.MessageSid).toMatch(/^MM/);
  });

  it('by GET carries the parameters in the query and signs the whole URL', async () => {
    await rig.setSmsUrl(`${rig.app.url}/sms?tenant=1`, { smsMethod: 'GET' });
    await rig.text('Hi there');
    const [webhook] = await rig.app.wait(1);
    expect(webhook?.method).toBe('GET');
    expect(webhook?.path).toContain('/sms?tenant=1&AccountSid=');
    expect(webhook?.signatureValid).toBe(true);
  });

  it('is not retried after a 500 by default, and the text is not lost to the list', async () => {
    answerWith('text/html', 'oh no', 500);
    const text = await rig.text('Hi');
    expect(await settled(text.sid)).toMatchObject({ state: 'failed', status: 500, tries: 1 });
    expect(rig.app.received).toHaveLength(1);
    expect((await rig.client.messages.list({ to: NUMBER })).map(({ sid }) => sid)).toEqual([text.sid]);
  });

  it('is retried as often as rc says, with one token, until the app takes it', async () => {
    await rig.setSmsUrl(`${rig.app.url}/sms#rc=5&rp=ct,rt,5xx`);
    rig.app.answer = (_received, response) => response.writeHead(rig.app.received.length < 4 ? 503 : 204).end();
    const text = await rig.text('Hi');
    expect(await settled(text.sid)).toMatchObject({ state: 'taken', tries: 4 });
    expect(new Set(rig.app.received.map(({ headers }) => headers['i-twilio-idempotency-token'])).size).toBe(1);
  });

  it('is given up after rc retries', async () => {
    await rig.setSmsUrl(`${rig.app.url}/sms#rc=2&rp=all`);
    answerWith('text/plain', 'no', 404);
    const text = await rig.text('Hi');
    expect(await settled(text.sid)).toMatchObject({ state: 'failed', status: 404, tries: 3 });
  });

  it('is retried when the app does not answer in rt', async () => {
    await rig.setSmsUrl(`${rig.app.url}/sms#rc=1&rp=rt&rt=1500`);
    rig.app.answer = (_received, response) => {
      if (rig.app.received.length > 1) response.writeHead(204).end();
    };
    const text = await rig.text('Hi');
    expect(await settled(text.sid)).toMatchObject({ state: 'taken', tries: 2 });
  });

  it('is retried once by default when there is no connection', async () => {
    await rig.setSmsUrl('http://127.0.0.1:9/sms');
    const text = await rig.text('Hi');
    expect(await settled(text.sid)).toMatchObject({ state: 'failed', status: null, tries: 2 });
  });

  it('goes to the fallback URL when the app fails, with the error', async () => {
    await rig.setSmsUrl(`${rig.app.url}/sms`, { smsFallbackUrl: `${rig.app.url}/fallback` });
    rig.app.answer = ({ path }, response) => response.writeHead(path === '/sms' ? 500 : 204).end();
    const text = await rig.text('Hi');
    expect(await settled(text.sid)).toMatchObject({ state: 'taken' });
    expect(rig.app.received[1]).toMatchObject({
      path: '/fallback',
      signatureValid: true,
      params: { ErrorCode: '11200', ErrorUrl: `${rig.app.url}/sms`, MessageSid: text.sid },
    });
  });

  it('follows HTTP redirects and signs each address', async () => {
    rig.app.answer = ({ path }, response) => {
      if (path === '/sms') response.writeHead(307, { location: '/moved?to=here' }).end();
      else response.writeHead(204).end();
    };
    const text = await rig.text('Hi');
    expect(await settled(text.sid)).toMatchObject({ state: 'taken' });
    expect(rig.app.received.map(({ path }) => path)).toEqual(['/sms', '/moved?to=here']);
    expect(rig.app.received.every(({ signatureValid }) => signatureValid)).toBe(true);
  });
});

describe('what the app answers', () => {
  it('TwiML messages are texted to the person', async () => {
    answerWith(
      'text/xml',
      '<Response><Message>One &amp; two</Message><Message><Body>Three</Body></Message></Response>',
    );
    await rig.text('Hi');
    expect(await replies(2)).toEqual(['One & two', 'Three']);
    const [last] = await rig.client.messages.list({ to: PERSON, limit: 1 });
    expect(last).toMatchObject({ direction: 'outbound-reply', status: 'delivered' });
  });

  it('plain text is texted to the person, as Twilio does', async () => {
    answerWith('text/plain; charset=utf-8', 'OK');
    await rig.text('Hi');
    expect(await replies(1)).toEqual(['OK']);
  });

  it('JSON is not, and the log says why', async () => {
    answerWith('application/json', '{"ok":true}');
    const text = await rig.text('Hi');
    await settled(text.sid);
    expect((await rig.requests()).map(({ what }) => what).join('\n')).toContain('12300');
    expect(await rig.handset()).toHaveLength(1);
  });

  it('TwiML that cannot be read is noted', async () => {
    answerWith('text/xml', '<Response><Message>');
    const text = await rig.text('Hi');
    await settled(text.sid);
    expect((await rig.requests()).map(({ what }) => what).join('\n')).toContain('12100');
  });

  it('a TwiML redirect is followed, relative to the answering address, and a loop of them ends', async () => {
    rig.app.answer = ({ path }, response) =>
      response
        .writeHead(200, { 'content-type': 'text/xml' })
        .end(
          path === '/sms'
            ? '<Response><Redirect>next?a=1&amp;b=2</Redirect></Response>'
            : '<Response><Redirect/></Response>',
        );
    await rig.text('Hi');
    const all = await rig.app.wait(11);
    expect(all[1]).toMatchObject({ path: '/next?a=1&b=2', signatureValid: true });
    const text = await rig.text('again');
    await settled(text.sid);
    expect(rig.app.received.length).toBeLessThanOrEqual(22);
  });
});

describe('opt-out words', () => {
  const send = () => rig.client.messages.create({ to: PERSON, from: NUMBER, body: 'Hello' });

  it.each(['STOP', 'stopall', ' Unsubscribe ', 'CANCEL', 'End', 'QUIT', 'revoke', 'OptOut'])(
    '%j blocks the pair, is answered once, and the app hears of it',
    async (word) => {
      const stop = await rig.text(word);
      expect(await replies(1)).toEqual([expect.stringContaining('unsubscribed')]);
      await settled(stop.sid);
      expect(rig.app.received[0]?.params.Body).toBe(word);
      await expect(send()).rejects.toMatchObject({ status: 400, code: 21610 });
      const again = await rig.text('STOP');
      await settled(again.sid);
      expect(await replies(1)).toHaveLength(1);
      const [reply] = await rig.client.messages.list({ to: PERSON, limit: 1 });
      expect(reply?.direction).toBe('outbound-reply');
    },
  );

  it('only the whole text counts, and only this number is blocked', async () => {
    await rig.text('please stop');
    await send();
    await rig.text('STOP', '+13035550143');
    await send();
    await expect(rig.client.messages.create({ to: '+13035550143', from: NUMBER, body: 'x' })).rejects.toMatchObject({
      code: 21610,
    });
  });

  it.each(['START', 'unstop', 'yes'])('%s lifts the block with a reply', async (word) => {
    await rig.text('STOP');
    await rig.text(word);
    expect((await replies(2))[1]).toContain('subscribed again');
    expect((await send()).status).toBe('queued');
  });

  it('YES from somebody subscribed is an ordinary text', async () => {
    const text = await rig.text('Yes');
    await settled(text.sid);
    expect(await rig.handset()).toHaveLength(1);
  });

  it('HELP and INFO are answered each time', async () => {
    await rig.text('HELP');
    await rig.text('info');
    expect(await replies(2)).toHaveLength(2);
  });

  it('an app’s own reply to STOP does not go out', async () => {
    answerWith('text/xml', '<Response><Message>Sorry to see you go</Message></Response>');
    const stop = await rig.text('STOP');
    await settled(stop.sid);
    expect(await replies(1)).toHaveLength(1);
    rig.emulator.clock.advance(1000);
    const failed = (await rig.client.messages.list({ to: PERSON })).find(({ body }) => body.startsWith('Sorry'));
    expect(failed?.sid).toBeDefined();
    await expect
      .poll(async () => (await rig.client.messages(failed?.sid ?? '').fetch()).errorCode, { timeout: 15_000 })
      .toBe(21610);
  });
});

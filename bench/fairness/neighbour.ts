import { randomBytes } from 'node:crypto';
import type { Product } from '../../e2e/harness/product.ts';
import { openWatchers, type Watchers } from '../inbound/clients.ts';
import { createTexter, type Target } from '../inbound/signed-texts.ts';

const NUMBER = '+17205550177';

/** A second company on the demo's installation, made through the API as its owner would, with one screen open. */
export interface Neighbour {
  /** Texts in; resolves when the webhook was acknowledged. */
  text(n: number): Promise<void>;
  /** Milliseconds that the inbox's first page takes. */
  loadInbox(): Promise<number>;
  /** Milliseconds from each text's leaving to its showing on the screen, since the last call. */
  takeDelays(): number[];
  close(): void;
}

export async function openNeighbour(product: Product): Promise<Neighbour> {
  const { demo } = product;
  const owner = demo.users.find(({ role }) => role === 'owner');
  const headers: Record<string, string> = { origin: demo.url, 'content-type': 'application/json' };
  const post = async <Answer>(url: string, body: object, method = 'POST'): Promise<Answer> => {
    const answer = await fetch(url, { method, headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${method} ${url}: ${answer.status} ${await answer.text()}`);
    const cookies = answer.headers.getSetCookie().map((line) => line.split(';')[0]);
    if (cookies.length > 0) headers.cookie = cookies.join('; ');
    const text = await answer.text();
    return (text === '' ? null : JSON.parse(text)) as Answer;
  };
  const api = `${demo.url}/api/v1`;
  await post(`${demo.url}/api/auth/sign-in/email`, { email: owner?.email, password: owner?.password });
  const { id: tenantId } = await post<{ id: string }>(`${api}/tenants`, { name: 'Neighbour', timeZone: 'UTC' });
  await post(`${api}/me/tenant`, { tenantId });
  const accountSid = `AC${randomBytes(16).toString('hex')}`;
  const authToken = randomBytes(16).toString('hex');
  const numbers = [{ e164: NUMBER, smsUrl: `${demo.url}/webhooks/twilio/messages`, smsMethod: 'POST' }];
  const account = `${demo.emulatorUrl}/emulator/api/accounts/${accountSid}`;
  await post(account, { carrier: 'twilio', authToken, numbers }, 'PUT');
  const connected = await post<{ id: string }>(`${api}/carrier-accounts`, { carrier: 'twilio', accountSid, authToken });
  await post(`${api}/carrier-accounts/${connected.id}/numbers`, { e164: NUMBER, name: 'Main line' });
  const { token } = await post<{ token: string }>(`${api}/hot-token`, {});

  const left = new Map<number, number>();
  const shown = new Set<number>();
  const watchers = await openScreen(demo.hotUrl, token, shown);
  const target: Target = { url: `${demo.url}/webhooks/twilio/messages`, number: NUMBER, accountSid, authToken };
  const texter = createTexter(target, 16);
  return {
    text(n) {
      left.set(n, performance.timeOrigin + performance.now());
      return texter.text(n);
    },
    async loadInbox() {
      const began = performance.now();
      const answer = await fetch(`${api}/conversations`, { headers });
      await answer.arrayBuffer();
      if (!answer.ok) throw new Error(`The inbox answered ${answer.status}`);
      return performance.now() - began;
    },
    takeDelays() {
      return watchers.takeSeen().flatMap(({ key, at }) => {
        const began = left.get(Number(key));
        return began === undefined ? [] : [at - began];
      });
    },
    close() {
      texter.close();
      watchers.close();
    },
  };
}

function openScreen(hotUrl: string, token: string, shown: Set<number>): Promise<Watchers> {
  return openWatchers({
    url: `${hotUrl.replace('http', 'ws')}/api/1.48.0/sync`,
    count: 1,
    greets: true,
    hello: () =>
      [
        {
          type: 'Connect',
          sessionId: crypto.randomUUID(),
          connectionCount: 0,
          lastCloseReason: null,
          clientTs: Date.now(),
        },
        { type: 'Authenticate', tokenType: 'User', value: token, baseVersion: 0 },
        {
          type: 'ModifyQuerySet',
          baseVersion: 0,
          newVersion: 1,
          modifications: [{ type: 'Add', queryId: 0, udfPath: 'inbox:recent', args: [{}] }],
        },
      ].map((message) => JSON.stringify(message)),
    readKeys: (frame) =>
      [...frame.matchAll(/"body":"Text (\d+):/g)].flatMap(([, digits]) => {
        const n = Number(digits);
        if (shown.has(n)) return [];
        shown.add(n);
        return [String(n)];
      }),
  });
}

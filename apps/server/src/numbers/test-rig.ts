import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import { createEmulator, type Emulator } from 'carrier-emulator';
import { createTestServer, type TestServer } from '../test-server.ts';

/** The HTTP API on a port of its own, beside a carrier emulator that reaches it. */
export interface NumbersRig {
  server: TestServer;
  emulator: Emulator;
  publicUrl: string;
  /** Makes an account at the carrier. */
  addAccount(numbers: string[]): Promise<{ accountSid: string; authToken: string }>;
  setToken(accountSid: string, authToken: string, numbers: string[]): Promise<void>;
  /** Makes, or changes, an account at Telnyx: `pair` signs its webhooks. */
  putTelnyx(account: TelnyxAccount, numbers: string[], more?: object): Promise<void>;
  ask(
    cookie: string,
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    url: string,
    payload?: object,
    // biome-ignore lint/suspicious/noExplicitAny: answers of many routes, each looked at where it is asked for
  ): Promise<{ status: number; body: any; text: string }>;
  close(): Promise<void>;
}

export interface TelnyxAccount {
  ref: string;
  apiKey: string;
  pair: { privateKey: string; publicKey: string };
}

export function newTelnyxAccount(): TelnyxAccount {
  const id = randomBytes(8).toString('hex');
  return { ref: `telnyx-${id}`, apiKey: `KEY${randomBytes(16).toString('hex')}`, pair: newPair() };
}

/** A key pair as Telnyx has them: base64 of 32 bytes each. */
export function newPair(): TelnyxAccount['pair'] {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const raw = (der: Buffer) => der.subarray(-32).toString('base64');
  return {
    privateKey: raw(privateKey.export({ format: 'der', type: 'pkcs8' })),
    publicKey: raw(publicKey.export({ format: 'der', type: 'spki' })),
  };
}

export async function createNumbersRig(options: { publicUrl?: string } = {}): Promise<NumbersRig> {
  const emulator = await createEmulator({ timing: { stepMs: 5, retryMs: 20 } });
  const port = await freePort();
  const listening = `http://127.0.0.1:${port}`;
  const publicUrl = options.publicUrl ?? listening;
  const server = await createTestServer({
    twilioApiUrl: emulator.url,
    telnyxApiUrl: emulator.url,
    publicUrl,
  });
  await server.app.listen({ host: '127.0.0.1', port });
  const put = async (ref: string, account: object) => {
    const answer = await fetch(`${emulator.url}/emulator/api/accounts/${ref}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(account),
    });
    if (!answer.ok) throw new Error(`The emulator answers ${answer.status}: ${await answer.text()}`);
  };
  const setToken: NumbersRig['setToken'] = (accountSid, authToken, numbers) =>
    put(accountSid, {
      carrier: 'twilio',
      authToken,
      friendlyName: 'Quillmere at Twilio',
      numbers: numbers.map((e164) => ({ e164 })),
    });
  return {
    server,
    emulator,
    publicUrl,
    setToken,
    putTelnyx: ({ ref, apiKey, pair }, numbers, more = {}) =>
      put(ref, {
        carrier: 'telnyx',
        apiKey,
        webhookPrivateKey: pair.privateKey,
        webhookPublicKey: pair.publicKey,
        numbers: numbers.map((e164) => ({ e164 })),
        ...more,
      }),
    async addAccount(numbers) {
      const account = {
        accountSid: `AC${randomBytes(16).toString('hex')}`,
        authToken: randomBytes(16).toString('hex'),
      };
      await setToken(account.accountSid, account.authToken, numbers);
      return account;
    },
    async ask(cookie, method, url, payload) {
      const answer = await server.app.inject({
        method,
        url: `/api/v1${url}`,
        headers: { cookie },
        ...(payload && { payload }),
      });
      return {
        status: answer.statusCode,
        body: answer.body === '' ? null : JSON.parse(answer.body),
        text: answer.body,
      };
    },
    async close() {
      await server.close();
      await emulator.close();
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}

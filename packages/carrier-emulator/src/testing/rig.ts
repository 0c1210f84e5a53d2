import twilio from 'twilio';
import type { MessageView } from '../control/views.ts';
import { createEmulator, type Emulator, type EmulatorOptions } from '../emulator.ts';
import type { RequestEntry } from '../events.ts';
import { FakeApp } from './fake-app.ts';

export const ACCOUNT_SID = 'AC0123456789abcdef0123456789abcdef';
export const AUTH_TOKEN = 'token-of-the-tests';
export const NUMBER = '+17205550110';
export const PERSON = '+13035550142';

/** An emulator with one account, an app under its webhooks, and the official client. */
export interface Rig {
  emulator: Emulator;
  app: FakeApp;
  client: ReturnType<typeof twilio>;
  control: <T = unknown>(method: string, path: string, body?: unknown) => Promise<T>;
  /** A text from a person to the account's number. */
  text: (body: string, from?: string, to?: string) => Promise<MessageView>;
  /** What the person's handset shows. */
  handset: (e164?: string) => Promise<MessageView[]>;
  requests: () => Promise<RequestEntry[]>;
  setSmsUrl: (smsUrl: string, more?: Record<string, unknown>) => Promise<unknown>;
  stop: () => Promise<void>;
}

/** The official client, pointed at the emulator. */
export function clientFor(url: string, sid = ACCOUNT_SID, token = AUTH_TOKEN): ReturnType<typeof twilio> {
  const client = twilio(sid, token);
  // The helper has no option for another host; its domains have this field.
  (client.api as unknown as { baseUrl: string }).baseUrl = url;
  (client.messaging as unknown as { baseUrl: string }).baseUrl = url;
  return client;
}

export async function startRig(options: EmulatorOptions = {}): Promise<Rig> {
  const app = new FakeApp(AUTH_TOKEN);
  await app.start();
  const emulator = await createEmulator({ ...options, timing: { stepMs: 4, retryMs: 2, ...options.timing } });
  const control = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const response = await fetch(`${emulator.url}/emulator/api${path}`, {
      method,
      headers: body === undefined ? {} : { 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const answer = response.status === 204 ? null : await response.json();
    if (!response.ok) throw new Error(`${response.status} ${JSON.stringify(answer)}`);
    return answer as T;
  };
  const setSmsUrl = (smsUrl: string, more: Record<string, unknown> = {}) =>
    control('PUT', `/accounts/${ACCOUNT_SID}`, {
      authToken: AUTH_TOKEN,
      numbers: [{ e164: NUMBER, smsUrl, ...more }],
    });
  await setSmsUrl(`${app.url}/sms`);
  return {
    emulator,
    app,
    client: clientFor(emulator.url),
    control,
    text: (body, from = PERSON, to = NUMBER) => control('POST', `/handsets/${from}/messages`, { to, body }),
    handset: async (e164 = PERSON) =>
      (await control<{ messages: MessageView[] }>('GET', `/handsets/${e164}/messages`)).messages,
    requests: async () => (await control<{ requests: RequestEntry[] }>('GET', '/requests')).requests,
    setSmsUrl,
    stop: async () => {
      await emulator.close();
      await app.stop();
    },
  };
}

import Telnyx from 'telnyx';
import type { MessageView } from '../control/views.ts';
import { createEmulator, type Emulator, type EmulatorOptions } from '../emulator.ts';
import type { RequestEntry } from '../events.ts';
import type { messageJson } from '../telnyx/message-json.ts';
import { FakeApp, type Received } from './fake-app.ts';

export const TELNYX_ACCOUNT = 'telnyx-tests';
export const API_KEY = 'KEY0123_of_the_tests';
export const TELNYX_NUMBER = '+17205550160';
export const PROFILE = '4000eba1-a0c0-4563-9925-b25e842a7cb6';
export const PERSON = '+13035550142';

/** A Telnyx webhook, as its JSON says. */
export interface TelnyxEvent {
  data: {
    record_type: string;
    id: string;
    event_type: string;
    occurred_at: string;
    payload: ReturnType<typeof messageJson> & { autoresponse_type?: string };
  };
  meta: { attempt: number; delivered_to: string };
}

/** An emulator with one Telnyx account, an app under its webhooks, and the official client. */
export interface TelnyxRig {
  emulator: Emulator;
  app: FakeApp;
  client: Telnyx;
  control: <T = unknown>(method: string, path: string, body?: unknown) => Promise<T>;
  /** Changes the account. */
  setAccount: (more: Record<string, unknown>) => Promise<Record<string, never>>;
  text: (body: string, from?: string, to?: string) => Promise<MessageView>;
  /** What the person's handset shows. */
  handset: (e164?: string) => Promise<MessageView[]>;
  requests: () => Promise<RequestEntry[]>;
  /** The webhooks of one kind, as soon as there are `count` of them, each verified by the official client. */
  events: (type: string, count: number) => Promise<TelnyxEvent[]>;
  stop: () => Promise<void>;
}

export function eventOf(received: Received): TelnyxEvent {
  return JSON.parse(received.raw) as TelnyxEvent;
}

export async function startTelnyxRig(options: EmulatorOptions = {}): Promise<TelnyxRig> {
  const app = new FakeApp();
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
  const setAccount = (more: Record<string, unknown>) =>
    control<Record<string, never>>('PUT', `/accounts/${TELNYX_ACCOUNT}`, {
      carrier: 'telnyx',
      apiKey: API_KEY,
      messagingProfile: { id: PROFILE, webhookUrl: `${app.url}/telnyx` },
      numbers: [{ e164: TELNYX_NUMBER }],
      ...more,
    });
  const account = await setAccount({});
  const client = new Telnyx({
    apiKey: API_KEY,
    baseURL: `${emulator.url}/v2`,
    publicKey: account.webhookPublicKey,
    maxRetries: 0,
  });
  return {
    emulator,
    app,
    client,
    control,
    setAccount,
    text: (body, from = PERSON, to = TELNYX_NUMBER) => control('POST', `/handsets/${from}/messages`, { to, body }),
    handset: async (e164 = PERSON) =>
      (await control<{ messages: MessageView[] }>('GET', `/handsets/${e164}/messages`)).messages,
    requests: async () => (await control<{ requests: RequestEntry[] }>('GET', '/requests')).requests,
    events: async (type, count) => {
      const found = await app.wait(count, (one) => eventOf(one).data.event_type === type);
      for (const { raw, headers } of found) {
        await client.webhooks.unwrap(raw, { headers: headers as Record<string, string> });
      }
      return found.map(eventOf);
    },
    stop: async () => {
      await emulator.close();
      await app.stop();
    },
  };
}

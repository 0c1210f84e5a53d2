import type { Demo } from './product.ts';

export type CarrierName = Demo['numbers'][number]['carrier'];

/** The emulator's side of things: what handsets do, and what the carrier knows. */
export interface Carrier {
  /** Texts from a handset; gives the carrier's id. */
  text(from: string, body: string, to?: string): Promise<string>;
  /** What a handset has got, oldest first. */
  received(e164: string): Promise<string[]>;
  /** Whether every text from this handset was taken by the app, or given up. */
  told(e164: string): Promise<boolean>;
  /** Replaces what goes wrong at one carrier; the other is left alone. */
  faults(faults: Record<string, unknown>, seed?: number, carrier?: CarrierName): Promise<void>;
}

export function carrierOf(demo: Demo): Carrier {
  const [number] = demo.numbers;
  if (number === undefined) throw new Error('The demo has no number');
  const api = async (path: string, method: string, body?: unknown) => {
    const answer = await fetch(`${demo.emulatorUrl}/emulator/api${path}`, {
      method,
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer.status === 204 ? null : answer.json();
  };
  const messagesOf = (e164: string) => `/handsets/${encodeURIComponent(e164)}/messages`;
  return {
    async text(from, body, to = number.e164) {
      return ((await api(messagesOf(from), 'POST', { to, body })) as { sid: string }).sid;
    },
    async received(e164) {
      const { messages } = (await api(messagesOf(e164), 'GET')) as {
        messages: Array<{ direction: string; body: string }>;
      };
      return messages.filter(({ direction }) => direction !== 'inbound').map(({ body }) => body);
    },
    async told(e164) {
      const { messages } = (await api(messagesOf(e164), 'GET')) as {
        messages: Array<{ direction: string; webhook: { state: string } | null }>;
      };
      return messages.every(({ direction, webhook }) => direction !== 'inbound' || webhook?.state !== 'pending');
    },
    async faults(faults, seed = 1, carrier = 'twilio') {
      const { accounts } = (await api('/accounts', 'GET')) as { accounts: Array<{ sid: string; carrier: string }> };
      const account = accounts.find((candidate) => candidate.carrier === carrier);
      if (account === undefined) throw new Error(`The emulator has no account of ${carrier}`);
      await api('/faults', 'POST', { accountSid: account.sid, seed, faults });
    },
  };
}

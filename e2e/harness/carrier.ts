import type { Demo } from './product.ts';

/** The emulator's side of things: what handsets do, and what the carrier knows. */
export interface Carrier {
  /** Texts from a handset; gives the carrier's id. */
  text(from: string, body: string, to?: string): Promise<string>;
  /** What a handset has got, oldest first. */
  received(e164: string): Promise<string[]>;
  faults(faults: Record<string, unknown>, seed?: number): Promise<void>;
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
    async faults(faults, seed = 1) {
      await api('/faults', 'DELETE');
      if (Object.keys(faults).length > 0) await api('/faults', 'POST', { accountSid: number.accountSid, seed, faults });
    },
  };
}

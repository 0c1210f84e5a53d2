import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, apiOf } from './harness/api.ts';
import { type Carrier, carrierOf } from './harness/carrier.ts';
import { type Part, type Product, startProduct } from './harness/product.ts';
import { until } from './harness/until.ts';

const TEXTS = 500;
const SENDERS = 20;

/** A number of its own for each scenario's senders. */
const sender = (scenario: number, n: number) => `+1303557${scenario}${String(n % SENDERS).padStart(3, '0')}`;

let product: Product;
let api: Api;
let carrier: Carrier;

beforeAll(async () => {
  product = await startProduct();
  api = await apiOf(product.demo);
  carrier = carrierOf(product.demo);
});
afterAll(() => product?.stop());

const scenarios: Array<{ name: string; parts: Part[] }> = [
  { name: 'the server', parts: ['server'] },
  { name: 'the hot tier', parts: ['hot'] },
  { name: 'PostgreSQL', parts: ['postgres'] },
  { name: 'everything but the carrier', parts: ['supervisor', 'server', 'hot', 'postgres'] },
];

describe.each(scenarios.map((scenario, index) => ({ ...scenario, index })))(
  '$name is killed during 500 texts',
  ({ parts, index }) => {
    const sent = new Map<string, string>();

    test('every text is stored once, in an unbroken order', async () => {
      let killed: Promise<void> | null = null;
      for (let n = 0; n < TEXTS; n += 10) {
        await Promise.all(
          Array.from({ length: 10 }, async (_, i) => {
            const body = `text ${n + i}`;
            sent.set(await sendFromHandset(sender(index, n + i), body), body);
          }),
        );
        if (n === TEXTS / 2)
          killed = product.kill(...parts).then(() => (parts.includes('supervisor') ? product.restart() : undefined));
      }
      await killed;
      await product.ready();
      await until('all texts are stored', async () => (await stored(index)).length >= TEXTS, 120_000);
      const messages = await stored(index);
      expect(messages.map((message) => message.carrierMessageId).sort()).toEqual([...sent.keys()].sort());
      for (const { seqs } of await threads(index)) expect(seqs).toEqual(seqs.map((_, i) => i + 1));
    });

    test('and stands in the hot tier once', async () => {
      for (const { threadId, ids } of await threads(index)) {
        await until(`the hot tier shows thread ${threadId} whole`, async () => {
          const hot = await api.hotMessages(threadId);
          return hot.length === ids.length;
        });
        expect((await api.hotMessages(threadId)).map((message) => message.messageId)).toEqual(ids);
      }
    });
  },
);

/** The emulator may be restarting with everything else: the handset tries again, as a phone does. */
function sendFromHandset(from: string, body: string): Promise<string> {
  return until('the handset can text', () => carrier.text(from, body));
}

async function threads(scenario: number) {
  const all = await api.conversations();
  const mine = all.filter(({ contact }) => contact.address.startsWith(`+1303557${scenario}`));
  return Promise.all(
    mine.map(async ({ id, threadId }) => {
      const messages = await api.messages(id);
      return { threadId, messages, seqs: messages.map((m) => m.seq), ids: messages.map((m) => m.id) };
    }),
  );
}

async function stored(scenario: number) {
  return (await threads(scenario)).flatMap(({ messages }) => messages);
}

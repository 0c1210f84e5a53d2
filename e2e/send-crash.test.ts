import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Api, type ApiMessage, apiOf } from './harness/api.ts';
import { type Carrier, carrierOf } from './harness/carrier.ts';
import { type Product, startProduct } from './harness/product.ts';
import { until } from './harness/until.ts';

const SENDS = 200;
const KILLS = 3;
const RECIPIENTS = 20;
const recipient = (n: number) => `+13035586${String(n % RECIPIENTS).padStart(3, '0')}`;

/** Nothing more will happen to these by themselves. */
const OUTCOMES = new Set(['delivered', 'undelivered', 'failed', 'unknown', 'refused']);

let product: Product;
let api: Api;
let carrier: Carrier;

beforeAll(async () => {
  product = await startProduct();
  api = await apiOf(product.demo);
  carrier = carrierOf(product.demo);
});
afterAll(() => product?.stop());

test('the server killed around the carrier’s calls sends no text twice, and every text gets an outcome', async () => {
  // The carrier takes a text and answers late, so that a kill mostly falls between its taking and our knowing.
  await carrier.faults({ 'send:delay': { probability: 1, ms: 150 } });
  const ids = new Map<string, string>();
  const sending = Promise.all(
    Array.from({ length: SENDS }, async (_, n) => {
      const body = `answer ${n}`;
      // A request that was cut is repeated with its key, as the desk does.
      const { id } = await until('the send is accepted', async () => {
        const sent = await api.send(recipient(n), body, `send-${n}`);
        return sent.status === 201 && sent;
      });
      ids.set(id ?? '', body);
    }),
  );
  for (let kill = 0; kill < KILLS; kill++) {
    await until('some texts are on their way', async () => (await delivered()).length > (kill * SENDS) / (KILLS + 1));
    await product.kill('server');
    await product.ready();
  }
  await sending;
  await carrier.faults({});
  expect(ids.size).toBe(SENDS);

  const messages = await until(
    'every text has an outcome',
    async () => {
      const all = await Promise.all([...ids.keys()].map((id) => api.get<ApiMessage>(`/messages/${id}`)));
      return all.every(({ status }) => OUTCOMES.has(status)) && all;
    },
    120_000,
  );
  const got = await delivered();
  expect(new Set(got).size, 'a text arrived twice').toBe(got.length);
  for (const { id, status } of messages) {
    const arrived = got.includes(ids.get(id) ?? '');
    if (status === 'delivered') expect(arrived, `${ids.get(id)} is shown as delivered`).toBe(true);
    if (status === 'failed' || status === 'refused') expect(arrived, `${ids.get(id)} is shown as not sent`).toBe(false);
  }
});

async function delivered(): Promise<string[]> {
  const all = await Promise.all(Array.from({ length: RECIPIENTS }, (_, n) => carrier.received(recipient(n))));
  return all.flat().filter((body) => body.startsWith('answer '));
}

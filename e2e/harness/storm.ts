import { type Api, type ApiMessage, apiOf } from './api.ts';
import { type Carrier, type CarrierName, carrierOf } from './carrier.ts';
import type { Demo, Product } from './product.ts';
import { until } from './until.ts';

export interface StormOptions {
  /** Texts in, and as many out. */
  texts: number;
  seed: number;
  /** How often the server is killed on the way. */
  kills: number;
  log?: (line: string) => void;
}

export interface Storm {
  lostInbound: number;
  doubledInbound: number;
  brokenOrder: number;
  sentTwice: number;
  withoutOutcome: number;
  /** Shown as delivered and not on the handset, or the other way round. */
  wronglyShown: number;
}

const PEOPLE = 100;
const AT_ONCE = 10;
const customer = (n: number) => `+1303559${String(n % PEOPLE).padStart(4, '0')}`;
const OUTCOMES = new Set(['delivered', 'undelivered', 'failed', 'unknown', 'refused']);

/** Everything that carriers do on bad days, at once, from a seed. */
const weather = (probability: number, carrier: CarrierName) => ({
  'webhook:duplicate': { probability },
  // Telnyx lists no messages: a text whose webhook is never made is nowhere to be found. Its first tries are lost instead.
  'webhook:drop': { probability, ...(carrier === 'telnyx' ? { kind: 'status' } : {}) },
  'webhook:lose-first': { probability },
  'webhook:reorder': { probability: probability * 4, ms: 400 },
  'send:disconnect-after-accept': { probability: probability / 5 },
  'send:429': { probability: probability / 5 },
});

/** One number of each carrier; customers write to one of them, and are answered from it. */
function linesOf(demo: Demo): Array<{ carrier: CarrierName; e164: string }> {
  return (['twilio', 'telnyx'] as const).map((carrier) => {
    const number = demo.numbers.find((candidate) => candidate.carrier === carrier);
    if (number === undefined) throw new Error(`The demo has no number at ${carrier}`);
    return { carrier, e164: number.e164 };
  });
}

/** Which of the lines the n-th customer has to do with. */
const lineOf = <Line>(lines: readonly Line[], n: number) => lines[n % lines.length] as Line;

/**
 * Kills the server once nothing is on its way in over Telnyx, which gives up after three tries within seconds and lists
 * nothing: what it tells of meanwhile is lost, wherever the server stands. Reports, sends and all of Twilio's go on.
 */
async function killServer(product: Product, carrier: Carrier, lines: readonly { carrier: CarrierName }[]) {
  for (let n = 0; n < PEOPLE; n++) {
    if (lineOf(lines, n).carrier !== 'telnyx') continue;
    await until(`Telnyx has told of the texts of customer ${n}`, () => carrier.told(customer(n)));
  }
  await product.kill('server');
  await product.ready();
}

/** Texts both ways through duplicates, losses, reordering, cut connections and restarts; counts what should be nought. */
export async function runStorm(product: Product, options: StormOptions): Promise<Storm> {
  const { texts, seed, kills, log = () => undefined } = options;
  const api = await apiOf(product.demo);
  const carrier = carrierOf(product.demo);
  const lines = linesOf(product.demo);
  for (const line of lines) await carrier.faults(weather(0.05, line.carrier), seed, line.carrier);

  const inbound = new Map<string, string>();
  const outbound = new Map<string, string>();
  const every = Math.ceil(texts / (kills + 1));
  for (let n = 0; n < texts; n += AT_ONCE) {
    await Promise.all(
      Array.from({ length: Math.min(AT_ONCE, texts - n) }, async (_, i) => {
        const k = n + i;
        const { e164 } = lineOf(lines, k);
        const [sid, id] = await Promise.all([
          until('the handset can text', () => carrier.text(customer(k), `in ${k}`, e164)),
          until('the send is accepted', async () => {
            const sent = await api.send(customer(k), `out ${k}`, `storm-${seed}-${k}`, e164);
            return sent.status === 201 && sent.id;
          }),
        ]);
        inbound.set(sid, `in ${k}`);
        outbound.set(id, `out ${k}`);
      }),
    );
    if (n > 0 && Math.floor(n / every) > Math.floor((n - AT_ONCE) / every)) {
      log(`killing the server after ${n} texts each way`);
      await killServer(product, carrier, lines);
    }
  }
  for (const line of lines) await carrier.faults({}, seed, line.carrier);
  log('the weather is fine again; waiting for what was lost to be found');
  // The start of a server asks the carrier for everything that was missed.
  await killServer(product, carrier, lines);
  const messages = await until(
    'every text is accounted for',
    async () => {
      const all = await everything(api);
      const come = new Set(all.map(({ carrierMessageId }) => carrierMessageId));
      const settled = all.filter(({ id, status }) => outbound.has(id) && OUTCOMES.has(status)).length;
      return [...inbound.keys()].every((sid) => come.has(sid)) && settled === outbound.size && all;
    },
    240_000,
  ).catch(() => everything(api));

  const got = (await Promise.all(Array.from({ length: PEOPLE }, (_, n) => carrier.received(customer(n)))))
    .flat()
    .filter((body) => body.startsWith('out '));
  const counted = new Map<string, number>();
  for (const body of got) counted.set(body, (counted.get(body) ?? 0) + 1);
  const bySid = new Map<string, number>();
  for (const { carrierMessageId } of messages) {
    if (carrierMessageId !== null) bySid.set(carrierMessageId, (bySid.get(carrierMessageId) ?? 0) + 1);
  }
  const sent = messages.filter(({ id }) => outbound.has(id));
  for (const left of sent.filter(({ status }) => !OUTCOMES.has(status)))
    log(`without an outcome: ${JSON.stringify(left)}`);
  return {
    lostInbound: [...inbound.keys()].filter((sid) => !bySid.has(sid)).length,
    doubledInbound: [...inbound.keys()].filter((sid) => (bySid.get(sid) ?? 0) > 1).length,
    brokenOrder: await gaps(api),
    sentTwice: [...counted.values()].filter((times) => times > 1).length,
    withoutOutcome: sent.filter(({ status }) => !OUTCOMES.has(status)).length,
    wronglyShown: sent.filter(({ id, status }) => {
      const arrived = counted.has(outbound.get(id) ?? '');
      return (status === 'delivered' && !arrived) || ((status === 'failed' || status === 'refused') && arrived);
    }).length,
  };
}

async function threads(api: Api): Promise<ApiMessage[][]> {
  const all = (await api.conversations()).filter(({ contact }) => contact.address.startsWith('+1303559'));
  const found: ApiMessage[][] = [];
  for (const { id } of all) found.push(await api.messages(id));
  return found;
}

async function everything(api: Api): Promise<ApiMessage[]> {
  return (await threads(api)).flat();
}

/** Threads whose places are not 1, 2, 3 … */
async function gaps(api: Api): Promise<number> {
  return (await threads(api)).filter((messages) => messages.some(({ seq }, place) => seq !== place + 1)).length;
}

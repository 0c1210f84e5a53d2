import { spawn } from 'node:child_process';
import { appendFile } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import { signInForToken } from '../e2e/harness/api.ts';
import { type Product, startProduct } from '../e2e/harness/product.ts';
import { until } from '../e2e/harness/until.ts';
import type { Bench } from './bench.ts';
import { openWatchers, type Watchers } from './inbound/clients.ts';
import { createTexter, flood, type Target, trickle } from './inbound/signed-texts.ts';

const CLIENTS = 200;
/** Webhooks on their way at once; a carrier posts many at a time. */
const PARALLEL = 16;
const WARM_UP_SECONDS = 3;

/** Rows that one text of a known sender makes in our one commit: message, raw bytes, ledger line, payload, link mark, two of the outbox. */
const ROWS_PER_TEXT = 7;

/** One side of the comparison: where texts go and who watches. */
interface Side {
  target: Target;
  watchers: Watchers;
  /** The table whose rows the watchers are told of, by id. */
  table: 'messages' | 'floor.texts';
  close(): Promise<void>;
}

export const bench: Bench = {
  description: `signed webhook → PostgreSQL → ${CLIENTS} screens, beside a floor that verifies, inserts and broadcasts over bare ws`,
  async run({ seconds, log }) {
    const product = await startProduct();
    try {
      const database = await openDatabase(product);
      const ours = await openOurs(product);
      log('flooding Patchline');
      const most = await measureMost(ours, seconds);
      const frame = most.bytes / Math.max(1, most.frames);
      const floor = await openFloor(product, Math.round(frame));
      log('flooding the floor');
      const mostOfFloor = await measureMost(floor, seconds);
      const half = mostOfFloor.perSecond / 2;
      log(`half load of the floor is ${half.toFixed(0)} texts/s`);
      const delays = await measureDelays(database, ours, Math.min(half, most.perSecond), seconds);
      const delaysOfFloor = await measureDelays(database, floor, half, seconds);
      await ours.close();
      await floor.close();
      await database.end();
      const row = (what: string, perSecond: number, at: number[]) => ({
        what,
        'texts/s at most': round(perSecond),
        'p50 ms at half load': round(percentile(at, 0.5)),
        'p99 ms at half load': round(percentile(at, 0.99)),
      });
      return {
        rows: [
          row('Patchline', most.perSecond, delays),
          row('floor', mostOfFloor.perSecond, delaysOfFloor),
          {
            what: 'ratio (aims: at least 0.5; at most 3)',
            'texts/s at most': round(most.perSecond / mostOfFloor.perSecond),
            'p50 ms at half load': round(percentile(delays, 0.5) / percentile(delaysOfFloor, 0.5)),
            'p99 ms at half load': round(percentile(delays, 0.99) / percentile(delaysOfFloor, 0.99)),
          },
        ],
        facts: {
          clients: CLIENTS,
          parallelWebhooks: PARALLEL,
          frameBytes: Math.round(frame),
          framesPerSecondAndClient: round(most.frames / seconds),
          rowsPerText: ROWS_PER_TEXT,
          halfLoadTextsPerSecond: round(half),
        },
      };
    } finally {
      await product.stop();
    }
  },
};

async function measureMost(side: Side, seconds: number) {
  const texter = createTexter(side.target, PARALLEL);
  await flood(texter.text, { parallel: PARALLEL, seconds: WARM_UP_SECONDS, first: 0 });
  side.watchers.takeFrames();
  const perSecond = await flood(texter.text, { parallel: PARALLEL, seconds, first: 1_000_000 });
  const { bytes, count } = side.watchers.takeFrames();
  texter.close();
  await quiet(side.watchers);
  return { perSecond, bytes, frames: count };
}

/** Milliseconds from each text's commit, as PostgreSQL notes it, to each reading client. */
async function measureDelays(database: pg.Pool, side: Side, perSecond: number, seconds: number): Promise<number[]> {
  const texter = createTexter(side.target, 64);
  await trickle(texter.text, { perSecond, seconds: WARM_UP_SECONDS, first: 2_000_000 });
  side.watchers.takeSeen();
  await trickle(texter.text, { perSecond, seconds, first: 3_000_000 });
  texter.close();
  await quiet(side.watchers);
  const seen = side.watchers.takeSeen();
  const { rows } = await database.query<{ id: string; ms: number }>(
    `select id::text, extract(epoch from pg_xact_commit_timestamp(xmin))::float8 * 1000 as ms
     from ${side.table} where id::text = any($1)`,
    [[...new Set(seen.map(({ key }) => key))]],
  );
  const committed = new Map(rows.map(({ id, ms }) => [id, ms]));
  return seen.map(({ key, at }) => at - (committed.get(key) ?? Number.NaN));
}

/** The product's database, as its owner, with the time of each commit noted. */
async function openDatabase(product: Product): Promise<pg.Pool> {
  await appendFile(path.join(product.dataDir, 'pg/postgresql.auto.conf'), 'track_commit_timestamp = on\n');
  await product.kill('postgres');
  const options = `-c app.tenant_id=${product.demo.tenantId}`;
  const pool = new pg.Pool({ connectionString: databaseOf(product), max: 1, options });
  await until('PostgreSQL serves again', () => pool.query('select 1'));
  await product.ready();
  return pool;
}

function databaseOf(product: Product): string {
  return `postgres://patchline@localhost/patchline?host=${encodeURIComponent(path.join(product.dataDir, 'run'))}`;
}

/** Resolves when no frame has come for a while: what was flooded has been shown. */
async function quiet(watchers: Watchers): Promise<void> {
  for (let still = 0; still < 5; ) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    still = watchers.takeFrames().count === 0 ? still + 1 : 0;
  }
}

async function openOurs(product: Product): Promise<Side> {
  const { demo } = product;
  const [number] = demo.numbers;
  if (number?.carrier !== 'twilio') throw new Error('The demo has no number at Twilio');
  const tokens = await Promise.all(['agent', 'supervisor', 'admin', 'owner'].map((role) => signInForToken(demo, role)));
  const seen = Array.from({ length: CLIENTS }, () => new Map<string, number>());
  const watchers = await openWatchers({
    url: `${demo.hotUrl.replace('http', 'ws')}/api/1.48.0/sync`,
    count: CLIENTS,
    greets: true,
    hello: (client) => [
      JSON.stringify({
        type: 'Connect',
        sessionId: crypto.randomUUID(),
        connectionCount: 0,
        lastCloseReason: null,
        clientTs: Date.now(),
      }),
      JSON.stringify({
        type: 'Authenticate',
        tokenType: 'User',
        value: tokens[client % tokens.length],
        baseVersion: 0,
      }),
      JSON.stringify({
        type: 'ModifyQuerySet',
        baseVersion: 0,
        newVersion: 1,
        modifications: [{ type: 'Add', queryId: 0, udfPath: 'inbox:recent', args: [{}] }],
      }),
    ],
    readKeys: (frame, client) => newTexts(frame, seen[client] ?? new Map()),
  });
  return {
    target: { url: `${demo.url}/webhooks/twilio/messages`, number: number.e164, ...number },
    watchers,
    table: 'messages',
    close: async () => watchers.close(),
  };
}

/** The texts in a transition that this client had not seen. */
function newTexts(frame: string, seen: Map<string, number>): string[] {
  const message = JSON.parse(frame) as {
    modifications?: Array<{
      value?: { threads?: Array<{ threadId: string; version: number; lastMessage: { id: string } | null }> };
    }>;
  };
  const texts: string[] = [];
  for (const { value } of message.modifications ?? []) {
    for (const { threadId, version, lastMessage } of value?.threads ?? []) {
      if ((seen.get(threadId) ?? 0) >= version) continue;
      seen.set(threadId, version);
      if (lastMessage !== null) texts.push(lastMessage.id);
    }
  }
  return texts;
}

async function openFloor(product: Product, frameBytes: number): Promise<Side> {
  const [number] = product.demo.numbers;
  if (number?.carrier !== 'twilio') throw new Error('The demo has no number at Twilio');
  const server = spawn(
    process.execPath,
    [
      path.join(import.meta.dirname, 'inbound/floor-server.ts'),
      databaseOf(product),
      number.authToken,
      String(frameBytes),
      String(ROWS_PER_TEXT),
    ],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const line = await new Promise<string>((resolve, reject) => {
    server.stdout.once('data', (chunk) => resolve(String(chunk)));
    server.once('exit', (code) => reject(new Error(`The floor ended with ${code}`)));
  });
  const { port } = JSON.parse(line) as { port: number };
  const watchers = await openWatchers({
    url: `ws://127.0.0.1:${port}`,
    count: CLIENTS,
    greets: false,
    hello: () => [],
    readKeys: (frame) => [(JSON.parse(frame) as { id: string }).id],
  });
  return {
    target: { url: `http://127.0.0.1:${port}/`, number: number.e164, ...number },
    watchers,
    table: 'floor.texts',
    async close() {
      watchers.close();
      server.stdin.end();
    },
  };
}

function percentile(values: number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

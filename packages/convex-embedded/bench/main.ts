import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { RawClient, startEmbedded } from './clients.ts';
import { fanOut } from './fan-out.ts';
import { indexedQuery } from './query.ts';
import { Report } from './report.ts';
import { throughput, unrelated } from './throughput.ts';

/** `npm run bench -w packages/convex-embedded`: every figure beside its floor, in one run. */
const only = process.argv.slice(2);
const wants = (part: string) => only.length === 0 || only.includes(part);
process.env.BENCH_CPUS = String(availableParallelism());
const report = new Report();
const root = mkdtempSync(join(tmpdir(), 'convex-embedded-bench-'));

try {
  if (wants('fan-out')) {
    const memory = await startEmbedded([]);
    for (const subscribers of [1, 200, 1000]) await fanOut(memory, report, subscribers, 'memory');
    await memory.stop();
    const durable = await startEmbedded(['--data', join(root, 'fan')]);
    for (const subscribers of [1, 200]) await fanOut(durable, report, subscribers, 'durable', join(root, 'floor'));
    await fanOut(durable, report, 200, 'durable', join(root, 'floor'), 20);
    await durable.stop();
  }
  if (wants('throughput')) {
    const server = await startEmbedded(['--data', join(root, 'throughput')]);
    await throughput(server, report, join(root, 'floor'));
    await server.stop();
  }
  if (wants('unrelated')) {
    const server = await startEmbedded([]);
    await unrelated(server, report);
    await server.stop();
  }
  if (wants('query')) await indexedQuery(report);
  if (wants('large')) await large();
} finally {
  rmSync(root, { recursive: true, force: true });
}
report.print();

/** A table of 100,000 documents: an indexed query of 20, and a start. */
async function large(): Promise<void> {
  const dir = join(root, 'large');
  const filling = await startEmbedded(['--data', dir]);
  const clients = await Promise.all(Array.from({ length: 4 }, () => RawClient.open(filling.url)));
  const total = 100_000;
  const batch = 500;
  let next = 0;
  await Promise.all(
    clients.map(async (client) => {
      while (next < total) {
        const from = next;
        next += batch;
        const messages = Array.from({ length: batch }, (_, i) => ({
          channel: `c${(from + i) % 1000}`,
          body: 'a message of ordinary length, say',
          n: from + i,
        }));
        await client.mutate('messages:sendMany', { messages });
      }
    }),
  );
  for (const client of clients) client.close();
  await filling.stop();
  for (const name of [
    'start with 100,000 documents, from the log or snapshot',
    'start with 100,000 documents, again',
  ]) {
    const since = performance.now();
    const server = await startEmbedded(['--data', dir]);
    report.add({ name, value: (performance.now() - since) / 1000, unit: 's' });
    if (name.endsWith('again')) await queries(server.url);
    await server.stop();
  }
}

async function queries(url: string): Promise<void> {
  const metrics = async () => (await (await fetch(`${url}/metrics.json`)).json()) as Record<string, number>;
  const call = async (i: number) => {
    const body = JSON.stringify({
      path: 'messages:list',
      format: 'convex_encoded_json',
      args: [{ channel: `c${i % 1000}` }],
    });
    const response = await fetch(`${url}/api/query`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json' },
    });
    await response.text();
  };
  for (let i = 0; i < 1500; i++) await call(i);
  const before = await metrics();
  for (let i = 0; i < 3000; i++) await call(i);
  const after = await metrics();
  const sum = (m: Record<string, number>) => (m.queryRunSecondsMean ?? 0) * (m.queryRunSecondsCount ?? 0);
  const value =
    ((sum(after) - sum(before)) / ((after.queryRunSecondsCount ?? 0) - (before.queryRunSecondsCount ?? 0))) * 1e6;
  report.add({
    name: 'the same asked for over HTTP, one after the other: mean of the run alone',
    value,
    unit: 'µs',
  });
}

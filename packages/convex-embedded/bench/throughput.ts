import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { type Process, RawClient } from './clients.ts';
import { quantile, type Report } from './report.ts';

/** Synced appends per second of one loop: what the disk allows to one who waits each time. */
export function syncedAppends(file: string, bytes: number, ms: number): number {
  const fd = openSync(file, 'w');
  const buffer = Buffer.alloc(bytes, 120);
  let count = 0;
  const started = performance.now();
  while (performance.now() - started < ms) {
    writeSync(fd, buffer);
    fdatasyncSync(fd);
    count++;
  }
  const perSecond = (count * 1000) / (performance.now() - started);
  closeSync(fd);
  return perSecond;
}

async function run(
  server: Process,
  connections: number,
  inFlight: number,
  ms: number,
  work: (client: RawClient, i: number) => Promise<unknown>,
): Promise<{ perSecond: number; times: number[] }> {
  const clients = await Promise.all(Array.from({ length: connections }, () => RawClient.open(server.url)));
  const times: number[] = [];
  let count = 0;
  const end = performance.now() + ms;
  const started = performance.now();
  await Promise.all(
    clients.flatMap((client) =>
      Array.from({ length: inFlight }, async () => {
        while (performance.now() < end) {
          const since = performance.now();
          await work(client, count++);
          times.push(performance.now() - since);
        }
      }),
    ),
  );
  const perSecond = (times.length * 1000) / (performance.now() - started);
  for (const client of clients) client.close();
  return { perSecond, times };
}

/** Durable mutations per second beside a loop of synced appends. */
export async function throughput(server: Process, report: Report, file: string): Promise<void> {
  const floor = syncedAppends(file, 400, 1500);
  const floorName = 'loop of synced appends';
  const insert = (client: RawClient, i: number) =>
    client.mutate('messages:send', { channel: `t${i % 50}`, body: 'hello there', n: i });
  const bump = (client: RawClient) => client.mutate('counters:add', { name: 'hot', by: 1 });
  await run(server, 8, 16, 500, insert);
  const one = await run(server, 1, 1, 1500, insert);
  report.add({ name: 'durable mutations, one client in sequence', value: one.perSecond, unit: '/s', floor, floorName });
  report.add({ name: 'durable mutation, one client in sequence: p99', value: quantile(one.times, 0.99), unit: 'ms' });
  const eight = await run(server, 8, 16, 2500, insert);
  report.add({
    name: 'durable mutations, eight connections, 16 in flight each',
    value: eight.perSecond,
    unit: '/s',
    floor,
    floorName,
    aim: '≥ 3,000/s',
    met: eight.perSecond >= 3000,
  });
  report.add({ name: 'durable mutation, eight connections: p99', value: quantile(eight.times, 0.99), unit: 'ms' });
  const before = await server.metrics();
  const hot = await run(server, 8, 16, 1500, bump);
  const after = await server.metrics();
  report.add({ name: 'durable mutations, one hot document', value: hot.perSecond, unit: '/s', floor, floorName });
  report.add({ name: 'conflicts meanwhile', value: (after.conflicts ?? 0) - (before.conflicts ?? 0), unit: '' });
}

/** A write while many queries that it does not concern are open. */
export async function unrelated(server: Process, report: Report): Promise<void> {
  const results: number[] = [];
  const writer = await RawClient.open(server.url);
  const clients: RawClient[] = [];
  let open = 0;
  for (const target of [10, 1000, 10_000]) {
    while (open < target) {
      const client = await RawClient.open(server.url);
      const share = Math.min(500, target - open);
      await client.subscribe(
        Array.from({ length: share }, (_, i) => ({ path: 'messages:list', args: { channel: `open-${open + i}` } })),
      );
      open += share;
      clients.push(client);
    }
    const before = await server.metrics();
    const times: number[] = [];
    for (let i = 0; i < 400; i++) {
      const since = performance.now();
      await writer.mutate('messages:send', { channel: 'closed', body: 'x', n: i });
      times.push(performance.now() - since);
    }
    const after = await server.metrics();
    const reruns = (after.queriesRerun ?? 0) - (before.queriesRerun ?? 0);
    const value = quantile(times.slice(50), 0.5);
    results.push(value);
    const first = results[0] as number;
    report.add({
      name: `write with ${target} unrelated live queries: p50`,
      value,
      unit: 'ms',
      ...(target === 10_000
        ? { floor: first, floorName: 'with 10', aim: '≤ 1.5 × with 10', met: value <= 1.5 * first }
        : {}),
    });
    report.add({
      name: `unrelated queries re-run, of ${target}`,
      value: reruns,
      unit: '',
      aim: '0',
      met: reruns === 0,
    });
  }
  for (const client of clients) client.close();
  writer.close();
}

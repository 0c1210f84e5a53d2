import { connect, type Process, RawClient, start } from './clients.ts';
import { quantile, type Report } from './report.ts';

const WARM_UP = 1500;

interface Latencies {
  all: number[];
  last: number[];
  bytes: number;
  /** CPU time of the server per round, in milliseconds. */
  cpu: number;
}

async function rounds(
  server: Process,
  count: number,
  subscribers: number,
  trigger: () => Promise<unknown>,
  on: (each: (bytes: number) => void) => void,
): Promise<Latencies> {
  const result: Latencies = { all: [], last: [], bytes: 0, cpu: 0 };
  let left = 0;
  let started = 0;
  let done: () => void = () => undefined;
  on((bytes) => {
    result.bytes = bytes;
    result.all.push(performance.now() - started);
    if (--left === 0) {
      result.last.push(performance.now() - started);
      done();
    }
  });
  let cpuBefore = 0;
  for (let i = 0; i < count; i++) {
    if (i === 10) cpuBefore = server.cpuMs();
    left = subscribers;
    const finished = new Promise<void>((resolve) => {
      done = resolve;
    });
    started = performance.now();
    const triggered = trigger();
    await Promise.all([finished, triggered]);
    // The next round must not meet the coalescing of this one: it is the quiet case that is measured.
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  result.cpu = (server.cpuMs() - cpuBefore) / (count - 10);
  // The first rounds warm up both sides.
  result.all.splice(0, subscribers * 10);
  result.last.splice(0, 10);
  return result;
}

async function bare(bytes: number, subscribers: number, count: number, file?: string): Promise<Latencies> {
  const server = await start('./broadcast.ts', file === undefined ? [String(bytes)] : [String(bytes), file]);
  const sockets = await Promise.all(Array.from({ length: subscribers }, () => connect(server.url)));
  const result = await rounds(
    server,
    count,
    subscribers,
    async () => sockets[0]?.send('go'),
    (each) => {
      for (const socket of sockets) socket.on('message', (data: Buffer) => each(data.length));
    },
  );
  for (const socket of sockets) socket.close();
  await server.stop();
  return result;
}

/** Mutation to subscriber, beside a bare broadcast of the same bytes. */
export async function fanOut(
  server: Process,
  report: Report,
  subscribers: number,
  mode: 'memory' | 'durable',
  file?: string,
  /** How many documents each mutation changes. */
  batch = 1,
): Promise<void> {
  const count = subscribers >= 1000 ? 60 : 310;
  const channel = `fan-${subscribers}-${mode}-${batch}`;
  const writer = await RawClient.open(server.url);
  const ids: string[] = [];
  for (let i = 0; i < 20; i++) {
    ids.push((await writer.mutate('messages:send', { channel, body: 'b'.repeat(60), n: i })) as string);
  }
  const clients = await Promise.all(Array.from({ length: subscribers }, () => RawClient.open(server.url)));
  await Promise.all(clients.map((client) => client.subscribe([{ path: 'messages:list', args: { channel } }])));
  let n = 0;
  // A server of an hour's age is what is of interest, not one whose code is still being compiled.
  for (let i = 0; i < WARM_UP; i++) await writer.mutate('messages:edit', { id: ids[i % 20], body: `warm ${i}` });
  const ours = await rounds(
    server,
    count,
    subscribers,
    () => {
      const body = `${'b'.repeat(56)}${String(++n).padStart(4, '0')}`;
      return batch === 1
        ? writer.mutate('messages:edit', { id: ids[3], body })
        : writer.mutate('messages:editMany', { ids: ids.slice(0, batch), body });
    },
    (each) => {
      for (const client of clients) client.onTransition = each;
    },
  );
  for (const client of clients) client.close();
  writer.close();
  const floor = await bare(ours.bytes, subscribers, count, file);
  const floorName = file === undefined ? 'bare ws broadcast' : 'synced append, then bare ws broadcast';
  const changes = batch === 1 ? '' : ` of ${batch} documents`;
  const name = `mutation${changes} to ${subscribers} subscriber${subscribers === 1 ? '' : 's'}, ${mode}, ${ours.bytes} B`;
  const aimed = subscribers === 200 && batch === 1;
  const aim = (value: number, limit: number) => (aimed ? { aim: '≤ 1.5 × floor', met: value <= 1.5 * limit } : {});
  for (const [label, q] of [
    ['p50', 0.5],
    ['p99', 0.99],
  ] as const) {
    const value = quantile(ours.all, q);
    const limit = quantile(floor.all, q);
    report.add({ name: `${name}: ${label}`, value, unit: 'ms', floor: limit, floorName, ...aim(value, limit) });
  }
  report.add({ name: `${name}: server CPU per change`, value: ours.cpu, unit: 'ms', floor: floor.cpu, floorName });
  if (subscribers > 1) {
    const value = quantile(ours.last, 0.5);
    const limit = quantile(floor.last, 0.5);
    report.add({
      name: `${name}: last of them, p50`,
      value,
      unit: 'ms',
      floor: limit,
      floorName,
      ...aim(value, limit),
    });
  }
}

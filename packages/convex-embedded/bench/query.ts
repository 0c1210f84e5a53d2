import { openRuntime } from '../test/runtime.ts';
import type { Report } from './report.ts';

const TOTAL = 100_000;
const CHANNELS = 1000;
const WARM = 5_000;
const RUNS = 15_000;

/**
 * An indexed query of 20 documents among 100,000, run after run in one process without a socket, beside what cannot be
 * left out: the same 20 taken from an array that is already in order, as JSON.
 */
export async function indexedQuery(report: Report): Promise<void> {
  const runtime = await openRuntime({});
  const byChannel = new Map<string, Array<{ channel: string; body: string; n: number }>>();
  for (let from = 0; from < TOTAL; from += 500) {
    const messages = Array.from({ length: 500 }, (_, i) => ({
      channel: `c${(from + i) % CHANNELS}`,
      body: 'a message of ordinary length, say',
      n: from + i,
    }));
    await runtime.mutate('messages:sendMany', { messages });
    for (const message of messages)
      byChannel.set(message.channel, [...(byChannel.get(message.channel) ?? []), message]);
  }
  const snapshot = runtime.engine.published;
  const measured = await timed(async (channel) => {
    const request = { path: 'messages:list', args: { channel }, identity: null, internal: true };
    const { outcome } = await runtime.executor.runQuery(request, snapshot, null);
    if (!outcome.ok) throw outcome.error;
  });
  const floor = await timed(async (channel) => {
    JSON.stringify((byChannel.get(channel) ?? []).slice(-20).reverse());
  });
  const name = 'indexed query of 20 documents among 100,000';
  const floorName = 'slice of an ordered array, as JSON';
  const aim = '≤ 150 µs';
  report.add({
    name: `${name}: p50`,
    value: measured.p50,
    unit: 'µs',
    floor: floor.p50,
    floorName,
    aim,
    met: measured.p50 <= 150,
  });
  report.add({
    name: `${name}: mean`,
    value: measured.mean,
    unit: 'µs',
    floor: floor.mean,
    floorName,
    aim,
    met: measured.mean <= 150,
  });
  report.add({ name: `${name}: p99`, value: measured.p99, unit: 'µs', floor: floor.p99, floorName });
  await runtime.close();
}

/** Microseconds of one run. */
async function timed(run: (channel: string) => Promise<void>): Promise<{ p50: number; mean: number; p99: number }> {
  const times: number[] = [];
  for (let i = 0; i < WARM + RUNS; i++) {
    const since = performance.now();
    await run(`c${i % CHANNELS}`);
    if (i >= WARM) times.push((performance.now() - since) * 1000);
  }
  times.sort((a, b) => a - b);
  const at = (q: number) => times[Math.floor(times.length * q)] as number;
  return { p50: at(0.5), mean: times.reduce((sum, time) => sum + time, 0) / times.length, p99: at(0.99) };
}

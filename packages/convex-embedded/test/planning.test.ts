import { ConvexHttpClient } from 'convex/browser';
import { expect, test } from 'vitest';
import { a, m, q } from './api.ts';
import { serve } from './harness.ts';

type Job = { _id: string; name: string; state: { kind: string } };

async function open() {
  const http = new ConvexHttpClient((await serve({ dev: true })).url, { logger: false });
  const jobs = () => http.query(q<Job[]>('counters:jobs'), {});
  const kinds = async () => (await jobs()).map((job) => job.state.kind);
  return { http, jobs, kinds, count: (name: string) => http.query(q<number>('counters:get'), { name }) };
}

test('what has completed cannot be canceled any more, and whoever tries is told', async () => {
  const { http, kinds } = await open();
  const id = await http.mutation(m<string>('counters:later'), { name: 'n', by: 1, afterMs: 0 });
  await expect.poll(kinds).toEqual(['success']);
  await expect(http.mutation(m('counters:cancel'), { id })).rejects.toThrow('already completed');
  await expect(http.action(a('plans:cancelFromAction'), { id })).rejects.toThrow('already completed');
  const pending = await http.mutation(m<string>('counters:later'), { name: 'n', by: 1, afterMs: 60_000 });
  await http.action(a('plans:cancelFromAction'), { id: pending });
  await http.mutation(m('counters:cancel'), { id: pending });
  expect(await kinds()).toEqual(['success', 'canceled']);
});

test('an action canceled while it runs goes on, but nothing that it schedules happens', async () => {
  const { http, kinds, count } = await open();
  const id = await http.mutation(m<string>('plans:start'), { name: 'begun' });
  await expect.poll(() => count('begun')).toBe(1);
  await http.mutation(m('counters:cancel'), { id });
  await http.mutation(m('counters:add'), { name: 'gate', by: 1 });
  await expect.poll(() => count('over')).toBe(1);
  expect(await kinds()).toEqual(['canceled', 'canceled', 'canceled']);
  await http.mutation(m('counters:later'), { name: 'after', by: 1, afterMs: 0 });
  await expect.poll(() => count('after')).toBe(1);
  expect(await count('planned')).toBe(0);
});

test('a function is scheduled at most five years away, in the past too', async () => {
  const { http, jobs } = await open();
  const years = (n: number) => Date.now() + n * 365 * 24 * 3_600_000;
  for (const far of [6, -6]) {
    await expect(http.mutation(m('plans:at'), { at: years(far) })).rejects.toThrow('5 years');
  }
  await http.mutation(m('plans:at'), { at: years(4.9) });
  await http.mutation(m('plans:at'), { at: years(-4.9) });
  await expect.poll(async () => (await jobs()).map((job) => job.state.kind)).toEqual(['pending', 'success']);
});

import { expect, it } from 'vitest';
import { MovableClock } from './clock.ts';
import { Scheduler } from './scheduler.ts';

it('runs work in the order of its times, and of its arrival when the times are the same', async () => {
  const clock = new MovableClock(() => 0);
  const scheduler = new Scheduler(clock);
  const ran: string[] = [];
  const last = new Promise<void>((resolve) => {
    scheduler.at(300, () => {
      ran.push('third');
      resolve();
    });
  });
  scheduler.at(100, () => ran.push('first'));
  scheduler.at(200, () => ran.push('second a'));
  scheduler.at(200, () => ran.push('second b'));
  scheduler.at(900, () => ran.push('not yet'));
  clock.advance(300);
  await last;
  expect(ran).toEqual(['first', 'second a', 'second b', 'third']);
  scheduler.stop();
});

it('a clock that was moved ahead brings forward what waits for it', async () => {
  const clock = new MovableClock();
  const scheduler = new Scheduler(clock);
  const done = new Promise<number>((resolve) => {
    scheduler.at(clock.now() + 3_600_000, () => resolve(clock.now()));
  });
  const before = Date.now();
  clock.advance(3_600_000);
  expect(await done).toBeGreaterThanOrEqual(before + 3_600_000);
  scheduler.stop();
});

it('a clock that runs faster never goes back', () => {
  let real = 1000;
  const clock = new MovableClock(() => real);
  clock.setRate(10);
  real += 100;
  expect(clock.now()).toBe(2000);
  clock.setRate(1);
  expect(clock.now()).toBe(2000);
  real += 100;
  expect(clock.now()).toBe(2100);
});

import { expect, it } from 'vitest';
import { connectionRules } from './connection-overrides.ts';

const TIMING = { stepMs: 1, retryMs: 1, connectMs: 5000, readMs: 15_000, totalMs: 15_000 };

it('one retry, and only without a connection, unless the URL says more', () => {
  const rules = connectionRules('https://app.test/sms?a=1', TIMING);
  expect(rules.url).toBe('https://app.test/sms?a=1');
  expect(rules.retries).toBe(1);
  expect([...rules.retryOn]).toEqual(['ct']);
  expect([rules.connectMs, rules.readMs, rules.totalMs]).toEqual([5000, 15_000, 15_000]);
});

it('reads retries, policy and time-outs from the fragment and takes it off the URL', () => {
  const rules = connectionRules('https://app.test/sms?a=1#rc=5&rp=ct,rt,5xx&ct=2000&rt=4000&tt=9000', TIMING);
  expect(rules.url).toBe('https://app.test/sms?a=1');
  expect(rules.retries).toBe(5);
  expect([...rules.retryOn].sort()).toEqual(['5xx', 'ct', 'rt']);
  expect([rules.connectMs, rules.readMs, rules.totalMs]).toEqual([2000, 4000, 9000]);
});

it('keeps within the limits and ignores what it cannot read', () => {
  const rules = connectionRules('http://a/#rc=99&rp=all&ct=1&rt=99999&tt=x', TIMING);
  expect(rules.retries).toBe(5);
  expect(rules.retryOn.size).toBe(4);
  expect([rules.connectMs, rules.readMs, rules.totalMs]).toEqual([100, 15_000, 15_000]);
});

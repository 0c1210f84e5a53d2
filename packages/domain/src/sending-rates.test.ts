import fc from 'fast-check';
import { expect, test } from 'vitest';
import { leadOf, type PaceLimit, pace, paceLimits, SEND_WITHIN_MS } from './sending-rates.ts';
import { ACCOUNT_RATES, SENDING_RATES } from './sending-rates-table.ts';

const number = {
  e164: '+17205550110',
  carrier: 'twilio' as const,
  carrierAccountId: 'a1',
  sendingClass: null,
  campaign: null,
  emulated: false,
};

test('a number sends at the rate its carrier gives its class, and numbers of a campaign share one', () => {
  expect(paceLimits(number)).toEqual([{ key: 'number:+17205550110', segmentsPerSecond: 1 }]);
  expect(paceLimits({ ...number, e164: '+18885550110' })[0]?.segmentsPerSecond).toBe(3);
  const registered = { ...number, sendingClass: '10dlc_high', campaign: 'C1' };
  expect(paceLimits(registered)).toEqual([{ key: 'campaign:C1', segmentsPerSecond: 75 }]);
  expect(paceLimits({ ...registered, e164: '+17205550111' })).toEqual(paceLimits(registered));
});

test('an account’s limit counts beside a number’s', () => {
  expect(paceLimits({ ...number, carrier: 'telnyx', sendingClass: 'short_code' })).toEqual([
    { key: 'account:a1', segmentsPerSecond: 50 },
    { key: 'number:+17205550110', segmentsPerSecond: 1000 },
  ]);
});

test('a class that nobody knows sends slowly, and the emulator at once', () => {
  expect(paceLimits({ ...number, sendingClass: 'short-code' })[0]?.segmentsPerSecond).toBe(1);
  const [emulated, ...more] = paceLimits({ ...number, carrier: 'telnyx', emulated: true });
  expect(emulated?.segmentsPerSecond).toBeGreaterThan(1000);
  expect(more).toEqual([]);
});

test('every rate says when it was true and who says so', () => {
  for (const rate of [...SENDING_RATES, ...ACCOUNT_RATES]) {
    expect(rate.asOf).toMatch(/^\d{4}-\d\d-\d\d$/);
    expect(rate.source).not.toBe('');
    expect(rate.segmentsPerSecond).toBeGreaterThan(0);
  }
});

test('the confirmation of a STOP never goes out later than five minutes after it', () => {
  expect(SEND_WITHIN_MS.confirmation).toBeLessThanOrEqual(5 * 60_000);
});

/** Texts that come at random times to a number, sent by asking whenever the last answer said. */
function run(limits: readonly PaceLimit[], arrivals: ReadonlyArray<{ at: number; segments: number }>) {
  const sent: Array<{ at: number; segments: number }> = [];
  let freeAt: number[] = limits.map(() => Number.NEGATIVE_INFINITY);
  let now = 0;
  const waiting = [...arrivals].sort((a, b) => a.at - b.at);
  for (let steps = 0; waiting.length > 0; steps++) {
    if (steps > 10_000) throw new Error('A text starves');
    now = Math.max(now, waiting[0]?.at ?? now);
    const ready = waiting.filter(({ at }) => at <= now);
    const turn = pace(
      limits,
      freeAt,
      ready.map(({ segments }) => segments),
      now,
    );
    freeAt = turn.freeAt;
    for (const { segments } of waiting.splice(0, turn.granted)) sent.push({ at: now, segments });
    now += turn.granted < ready.length ? turn.waitMs : 0;
  }
  return sent;
}

test('in no stretch of time does more leave than the rate allows, and nothing waits for ever', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(0.25, 1, 4, 75, 1000), { minLength: 1, maxLength: 3 }),
      fc.array(fc.record({ at: fc.integer({ min: 0, max: 20_000 }), segments: fc.integer({ min: 1, max: 11 }) }), {
        maxLength: 60,
      }),
      (rates, arrivals) => {
        const limits = rates.map((segmentsPerSecond, i) => ({ key: `k${i}`, segmentsPerSecond }));
        const sent = run(limits, arrivals);
        expect(sent).toHaveLength(arrivals.length);
        for (const limit of limits) {
          for (let from = 0; from < sent.length; from++) {
            let before = 0;
            for (let to = from; to < sent.length; to++) {
              const ms = (sent[to]?.at ?? 0) - (sent[from]?.at ?? 0) + leadOf(limit);
              // All but the last, which reaches over the end of the stretch.
              expect(before).toBeLessThanOrEqual((ms * limit.segmentsPerSecond) / 1000 + 1e-6);
              before += sent[to]?.segments ?? 0;
            }
          }
        }
      },
    ),
    { numRuns: 200 },
  );
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isTerminal, laterStatus, MESSAGE_STATUSES, type MessageStatus } from './message-status.ts';

const heard = fc.array(fc.constantFrom(...MESSAGE_STATUSES), { maxLength: 8 });
const after = (start: MessageStatus, callbacks: MessageStatus[]) => callbacks.reduce(laterStatus, start);

test('every callback in every state: the status goes up, or stays', () => {
  for (const current of MESSAGE_STATUSES) {
    for (const next of MESSAGE_STATUSES) {
      const reached = laterStatus(current, next);
      expect([current, next]).toContain(reached);
      if (isTerminal(current)) expect(reached).toBe(current);
      // Heard again, or the old one heard late, changes nothing.
      expect(laterStatus(reached, next)).toBe(reached);
      expect(laterStatus(reached, current)).toBe(reached);
    }
  }
});

test('a delivered text is never shown as sent again, and an unknown outcome is settled by any word of the carrier', () => {
  expect(laterStatus('delivered', 'sent')).toBe('delivered');
  expect(laterStatus('queued', 'unknown')).toBe('queued');
  for (const word of ['queued', 'sent', 'delivered', 'undelivered', 'failed'] as const) {
    expect(laterStatus('unknown', word)).toBe(word);
  }
});

test('callbacks that carry at most one end lead to the same status in any order, however often they come', () => {
  const steps = MESSAGE_STATUSES.filter((status) => !isTerminal(status));
  const ends = MESSAGE_STATUSES.filter(isTerminal);
  const callbacks = fc
    .tuple(fc.array(fc.constantFrom(...steps), { maxLength: 6 }), fc.option(fc.constantFrom(...ends)))
    .map(([list, end]) => (end === null ? list : [...list, end]));
  const shuffled = callbacks.chain((list) =>
    fc.tuple(fc.constant(list), fc.shuffledSubarray([...list, ...list], { minLength: list.length * 2 })),
  );
  fc.assert(
    fc.property(shuffled, ([list, again]) => {
      expect(after('held', again)).toBe(after('held', list));
    }),
  );
});

test('after an end nothing changes any more', () => {
  fc.assert(
    fc.property(heard, heard, (before, later) => {
      const status = after('accepted', before);
      if (isTerminal(status)) expect(after(status, later)).toBe(status);
    }),
  );
});

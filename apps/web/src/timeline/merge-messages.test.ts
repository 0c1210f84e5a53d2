import { isTerminal, laterStatus, MESSAGE_STATUSES, type MessageStatus } from '@patchline/contracts/message-status';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Gathered, gaps, gather, hasOlder, NOTHING } from './merge-messages.ts';
import type { TimelineMessage } from './message.ts';

function text(seq: number, more: Partial<TimelineMessage> = {}): TimelineMessage {
  return {
    id: `m${seq}`,
    seq,
    version: 0,
    direction: 'outbound',
    body: `text ${seq}`,
    status: 'sent',
    at: seq * 1_000,
    author: null,
    error: null,
    decision: null,
    media: [],
    ...more,
  };
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => text(from + i));

describe('one timeline from two sources', () => {
  it('a text told by the archive and by the live query shows once', () => {
    const state = gather(gather(NOTHING, range(1, 5)), range(4, 8));
    expect(state.messages.map((m) => m.seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('"delivered" is not taken back by a page of the archive that was read earlier', () => {
    const live = gather(NOTHING, [text(1, { status: 'delivered', version: 7 })]);
    expect(gather(live, [text(1, { status: 'queued' })]).messages[0]?.status).toBe('delivered');
  });

  it('the reason of a failure comes with it, from whichever source', () => {
    const sent = gather(NOTHING, [text(1, { status: 'sent', version: 3 })]);
    const failed = gather(sent, [
      text(1, { status: 'undelivered', error: { code: '30003', message: 'switched off' } }),
    ]);
    expect(failed.messages[0]).toMatchObject({ status: 'undelivered', error: { message: 'switched off' } });
  });

  it('telling the same again changes nothing, so nothing is drawn again', () => {
    const state = gather(NOTHING, range(1, 5));
    expect(gather(state, range(2, 4))).toBe(state);
  });

  it('after an hour away, the texts between what was shown and what is live are known to be missing', () => {
    const state = gather(gather(NOTHING, range(1, 10)), range(70, 120));
    expect(gaps(state)).toEqual([{ from: 11, to: 69 }]);
  });

  it('a thread that says it has more texts than the live query brought has a gap at its end', () => {
    expect(gaps(gather(NOTHING, range(3, 5), 8))).toEqual([{ from: 6, to: 8 }]);
    expect(gaps(gather(NOTHING, [], 8))).toEqual([{ from: 1, to: 8 }]);
    expect(gaps(NOTHING)).toEqual([]);
  });

  it('older texts are asked for until the first', () => {
    expect(hasOlder(gather(NOTHING, range(2, 5)))).toBe(true);
    expect(hasOlder(gather(NOTHING, range(1, 5)))).toBe(false);
    expect(hasOlder(NOTHING)).toBe(false);
  });

  it('whatever arrives in whatever order, filling the reported gaps yields every text once, in order', () => {
    const windows = fc.array(fc.tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 0, max: 20 })), {
      minLength: 1,
      maxLength: 12,
    });
    fc.assert(
      fc.property(windows, (parts) => {
        let state: Gathered = NOTHING;
        for (const [from, length] of parts) state = gather(state, range(from, from + length));
        for (const gap of gaps(state)) state = gather(state, range(gap.from, gap.to));
        const oldest = state.messages[0]?.seq ?? 1;
        expect(gaps(state)).toEqual([]);
        expect(state.messages.map((m) => m.seq)).toEqual(
          Array.from({ length: state.lastSeq - oldest + 1 }, (_, i) => oldest + i),
        );
      }),
    );
  });

  it('a status never moves down, in whatever order it is told', () => {
    const status = fc.constantFrom(...MESSAGE_STATUSES.filter((each) => each !== 'received'));
    fc.assert(
      fc.property(fc.array(status, { minLength: 1, maxLength: 8 }), (told) => {
        let state = NOTHING;
        let expected: MessageStatus = told[0] as MessageStatus;
        told.forEach((next, index) => {
          state = gather(state, [text(1, { status: next, version: index % 2 })]);
          expected = laterStatus(expected, next);
        });
        expect(state.messages[0]?.status).toBe(expected);
        const first = told.find((each) => isTerminal(each));
        if (first) expect(state.messages[0]?.status).toBe(first);
      }),
    );
  });
});

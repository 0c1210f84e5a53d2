import { describe, expect, it } from 'vitest';
import { timelineItems } from './items.ts';
import type { TimelineMessage } from './message.ts';

const day = (date: number, hour: number) => new Date(2026, 4, date, hour).getTime();

function text(seq: number, at: number): TimelineMessage {
  return {
    id: `m${seq}`,
    seq,
    version: 0,
    direction: 'inbound',
    body: 'Hi',
    status: 'received',
    at,
    author: null,
    error: null,
    decision: null,
    media: [],
  };
}

const stop = { id: 'e1', kind: 'dnc_set', at: new Date(2026, 4, 6, 16).toISOString(), text: 'Dana texted STOP.' };
const kinds = (items: ReturnType<typeof timelineItems>) => items.map((item) => item.kind);

describe('the timeline', () => {
  it('begins every day with a line', () => {
    expect(kinds(timelineItems([text(1, day(6, 9)), text(2, day(6, 10)), text(3, day(7, 9))], [], [], false))).toEqual([
      'day',
      'message',
      'message',
      'day',
      'message',
    ]);
  });

  it('shows an opt-out where it happened', () => {
    const items = timelineItems([text(1, day(6, 9)), text(2, day(6, 18))], [stop], [], false);
    expect(kinds(items)).toEqual(['day', 'message', 'event', 'message']);
  });

  it('keeps an older event back until its page is loaded', () => {
    expect(kinds(timelineItems([text(9, day(8, 9))], [stop], [], true))).toEqual(['day', 'message']);
  });

  it('keeps texts in the order they were accepted, also when a clock went back', () => {
    const items = timelineItems([text(1, day(6, 9)), text(2, day(6, 8))], [], [], false);
    expect(items.flatMap((item) => (item.kind === 'message' ? [item.message.seq] : []))).toEqual([1, 2]);
  });
});

import { describe, expect, it } from 'vitest';
import type { ThreadRow } from '../inbox/thread-row.ts';
import { newTexts } from './new-texts.ts';

function row(threadId: string, id: string, at: number, direction: 'inbound' | 'outbound' = 'inbound'): ThreadRow {
  return {
    conversationId: `c-${threadId}`,
    threadId,
    version: at,
    contact: { id: 'k', name: null, address: '+13035550142' },
    number: '+13035550100',
    channel: 'sms',
    lastMessage: { id, body: 'Hi', direction, status: direction === 'inbound' ? 'received' : 'sent', at },
    unread: direction === 'inbound' ? 1 : 0,
    status: 'open',
    smsOff: false,
    at,
  };
}

const ids = (rows: ThreadRow[]) => rows.map((each) => each.lastMessage?.id);

describe('the bell', () => {
  it('does not ring for what waited before sign-in', () => {
    expect(newTexts(null, [row('a', 'm1', 10)]).fresh).toEqual([]);
  });

  it('rings once for a new text, in a known thread and in a new one', () => {
    const first = newTexts(null, [row('a', 'm1', 10)]);
    const second = newTexts(first.heard, [row('a', 'm2', 20), row('b', 'm3', 21)]);
    expect(ids(second.fresh)).toEqual(['m2', 'm3']);
    expect(newTexts(second.heard, [row('a', 'm2', 20), row('b', 'm3', 21)]).fresh).toEqual([]);
  });

  it('does not ring for our own answers or for an old thread that comes into view', () => {
    const first = newTexts(null, [row('a', 'm1', 10)]);
    expect(newTexts(first.heard, [row('a', 'm2', 20, 'outbound'), row('z', 'm0', 5)]).fresh).toEqual([]);
  });
});
